import { isUtf8 } from "node:buffer";
import { unsound } from "../flaw.ts";

/** Characters of a module's or a class's name; Python's own have some dozens. */
const maxLine = 1000;

/** Bytes of a whole number: sizes and offsets have 64 bits. */
const maxInteger = 8;

/** Bytes of one that Buffer reads. */
const native = 6;

const newline = 0x0a;

/** The bytes of a pickle, read from the first to the last. Each reading is a flaw where they end. */
export class PickleBytes {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  uint8(): number {
    return this.#bytes[this.#skip(1)]!;
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#skip(2));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#skip(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#skip(4));
  }

  uint64(): number {
    return Number(this.#bytes.readBigUInt64LE(this.#skip(8)));
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#skip(8));
  }

  /** A signed whole number of so many bytes. Beyond 2^53 it is rounded: nothing in a tensor is as large. */
  integer(length: number): number {
    if (length > maxInteger) {
      throw unsound(
        `has a number of ${length} bytes in its pickle; at most ${maxInteger} are read`,
      );
    }
    const at = this.#skip(length);
    if (length === 0) return 0;
    if (length <= native) return this.#bytes.readIntLE(at, length);
    const low = this.#bytes.readUIntLE(at, native);
    return low + 2 ** (8 * native) * this.#bytes.readIntLE(at + native, length - native);
  }

  text(length: number): string {
    const bytes = this.#bytes.subarray(this.#skip(length), this.#at);
    if (isUtf8(bytes)) return bytes.toString("utf8");
    throw unsound(`has a text in its pickle at byte ${this.#at - length} that is not UTF-8`);
  }

  /** A text up to the end of its line. */
  line(): string {
    const end = this.#bytes.indexOf(newline, this.#at);
    const length = end - this.#at;
    if (end < 0 || length > maxLine) {
      throw unsound(`has a line in its pickle at byte ${this.#at} of more than ${maxLine} bytes`);
    }
    const line = this.text(length);
    this.#skip(1);
    return line;
  }

  #skip(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) {
      throw unsound(
        `has a pickle of ${this.#bytes.length} bytes, which ends before ${length} that are due at byte ${start}`,
      );
    }
    this.#at = start + length;
    return start;
  }
}
