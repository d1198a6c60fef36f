import { fieldsOf } from "./fields.ts";
import type { Field } from "./fields.ts";

/** A field that holds bytes: a string, bytes or a message. */
export function bytesField(id: number, content: Uint8Array): Buffer {
  return Buffer.concat([varint(id * 8 + 2), varint(content.length), content]);
}

/** A field that holds a whole number, not negative. */
export function numberField(id: number, value: number): Buffer {
  return Buffer.concat([varint(id * 8), varint(value)]);
}

/** A message whose fields `change` replaces; it leaves those alone for which it gives undefined. */
export async function changedMessage(
  message: Buffer,
  change: (field: Field, content: Buffer) => Promise<Buffer | undefined> | Buffer | undefined,
): Promise<Buffer> {
  const read = async (at: number, length: number) => message.subarray(at, at + length);
  const fields: Buffer[] = [];
  for await (const field of fieldsOf(read, { start: 0, end: message.length })) {
    const changed = await change(field, message.subarray(field.start, field.end));
    fields.push(changed ?? message.subarray(field.from, field.end));
  }
  return Buffer.concat(fields);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Buffer.from([...bytes, rest]);
}
