import protobuf from "protobufjs/light.js";

/** A field that holds bytes: a string, bytes or a message. */
export function bytesField(id: number, content: Uint8Array): Uint8Array {
  return protobuf.Writer.create()
    .uint32(id * 8 + 2)
    .bytes(content)
    .finish();
}

/** A field that holds a string. */
export function textField(id: number, text: string): Uint8Array {
  return bytesField(id, Buffer.from(text));
}

/** A field that holds a whole number, not negative. */
export function numberField(id: number, value: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32(id * 8)
    .uint64(value)
    .finish();
}

/**
 * A message with the contents of fields that hold bytes replaced by what `change` gives for them. Fields for which it gives undefined, and
 * those that hold numbers, stay as they are, byte for byte.
 */
export function changedMessage(
  message: Uint8Array,
  change: (id: number, content: Uint8Array) => Uint8Array | undefined,
): Uint8Array {
  const reader = protobuf.Reader.create(message);
  const fields: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const key = reader.uint32();
    const [id, wireType] = [key >>> 3, key & 7];
    const content = wireType === 2 ? reader.bytes() : undefined;
    if (content === undefined) reader.skipType(wireType);
    const changed = content && change(id, content);
    fields.push(changed ? bytesField(id, changed) : message.subarray(start, reader.pos));
  }
  return Buffer.concat(fields);
}

export function textOf(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("utf8");
}
