import { isUtf8 } from "node:buffer";
import { unsound } from "../flaw.ts";

/** Characters of a module's or a class's name; Python's own have some dozens. */
const maxLine = 1000;

/** Bytes of a whole number: sizes and offsets have 64 bits. */
const maxInteger = 8;

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

  /** A signed whole number of so many bytes, as a number where it is one exactly. */
  integer(length: number): number | bigint {
    if (length > maxInteger) {
      throw unsound(
        `has a number of ${length} bytes in its pickle; at most ${maxInteger} are read`,
      );
    }
    const bytes = this.#bytes.subarray(this.#skip(length), this.#at);
    let value = 0n;
    for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
    const signed = BigInt.asIntN(8 * length, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
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
