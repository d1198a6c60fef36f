import type { FileHandle } from "node:fs/promises";

/** A field of a protobuf message in a file. Its content is the bytes from `start` to before `end`. */
export interface Field {
  /** The field's number in its message. */
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Bytes read from the file at once. */
const blockBytes = 1 << 16;
/** A varint of 64 bits, 7 in each byte. */
const maxVarintBytes = 10;

/**
 * The length-delimited fields of a message, in order. Their contents are not read, however large. Fields of other wire types
 * are passed over. RangeError when the message is not sound.
 */
export async function* fieldsOf(
  file: FileHandle,
  { start, end }: Omit<Field, "id">,
): AsyncGenerator<Field> {
  let block: Buffer = Buffer.alloc(0);
  let blockStart = 0;

  async function varint(at: number): Promise<{ value: number; next: number }> {
    if (at < blockStart || at + maxVarintBytes > blockStart + block.length) {
      blockStart = at;
      block = await readBytes(file, at, Math.min(blockBytes, end - at));
    }
    let value = 0;
    for (let i = 0; i < maxVarintBytes; i++) {
      const byte = block[at - blockStart + i];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return { value, next: at + i + 1 };
    }
    throw broken();
  }

  for (let at = start; at < end;) {
    const { value: key, next } = await varint(at);
    const [id, wireType] = [Math.floor(key / 8), key % 8];
    if (wireType === 0) at = (await varint(next)).next;
    else if (wireType === 1) at = next + 8;
    else if (wireType === 5) at = next + 4;
    else if (wireType === 2) {
      const { value: length, next: content } = await varint(next);
      at = content + length;
      if (at > end) throw broken();
      yield { id, start: content, end: at };
    } else throw broken();
  }
}

/** Up to `length` bytes: fewer at the end of the file. */
export async function readBytes(
  file: FileHandle,
  position: number,
  length: number,
): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function broken(): RangeError {
  return new RangeError("A field of the message does not end within it.");
}
