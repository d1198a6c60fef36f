import type { FileHandle } from "node:fs/promises";

/** A run of bytes, its end exclusive. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** A field of a protobuf message: its number, where its key begins, and where its content lies. */
export interface Field extends Extent {
  readonly id: number;
  readonly from: number;
  /** The number that a varint field holds. Default: the field is of another kind. */
  readonly value?: number;
}

/** Reads so many bytes at a position, or fewer where they end. */
export type Read = (position: number, length: number) => Promise<Buffer>;

const blockBytes = 1 << 16;
const maxVarintBytes = 10;

/**
 * Walks a message's fields by their headers, however large their contents are. It reads in blocks of `readAhead` bytes. Rejects with a
 * RangeError when the message is cut off, or is none.
 */
export async function* fieldsOf(
  read: Read,
  { start, end }: Extent,
  readAhead: number = blockBytes,
): AsyncGenerator<Field> {
  let block: Buffer = Buffer.alloc(0);
  let blockStart = 0;

  async function varint(at: number): Promise<{ value: number; next: number }> {
    if (at < blockStart || at + maxVarintBytes > blockStart + block.length) {
      blockStart = at;
      block = await read(at, Math.min(readAhead, end - at));
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

  async function content(wireType: number, at: number): Promise<Omit<Field, "id" | "from">> {
    if (wireType === 1) return { start: at, end: at + 8 };
    if (wireType === 5) return { start: at, end: at + 4 };
    if (wireType !== 0 && wireType !== 2) throw broken();
    const { value, next } = await varint(at);
    return wireType === 0 ? { start: at, end: next, value } : { start: next, end: next + value };
  }

  for (let at = start; at < end;) {
    const { value: key, next } = await varint(at);
    const field = { id: Math.floor(key / 8), from: at, ...(await content(key % 8, next)) };
    if (field.id === 0 || field.end > end) throw broken();
    yield field;
    at = field.end;
  }
}

/** Bytes of a name, or of an input's type. */
const maxShortBytes = 65_536;

/** The content of a field that holds a name or a type. Rejects with a RangeError when it is too long to be one. */
export async function readShort(read: Read, { start, end }: Extent): Promise<Buffer> {
  if (end - start <= maxShortBytes) return read(start, end - start);
  throw new RangeError(
    `A name or type of ${end - start} bytes; at most ${maxShortBytes} are read.`,
  );
}

export function readerOf(file: FileHandle): Read {
  return async (position, length) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  };
}

function broken(): RangeError {
  return new RangeError("A field of the message does not end within it.");
}
