/** Bytes of the first block, and the most of a later one. */
const minBlock = 256;
const maxBlock = 65_536;

/**
 * Bytes that come in chunks of any size, copied into a few blocks: a million chunks of two bytes would take a hundred times as much
 * memory as one of two million. The blocks take at most twice the bytes and `minBlock`.
 */
export class ByteBlocks {
  readonly #blocks: Buffer<ArrayBuffer>[] = [];
  /** Bytes used of the last block. */
  #used = 0;
  #length = 0;

  add(chunk: Uint8Array): void {
    const last = this.#blocks.at(-1);
    const fits = last ? Math.min(chunk.length, last.length - this.#used) : 0;
    last?.set(chunk.subarray(0, fits), this.#used);
    this.#used += fits;
    if (fits < chunk.length) this.#open(chunk.subarray(fits));
    this.#length += chunk.length;
  }

  /** All blocks, in order. The last is cut to what is used of it. */
  get all(): Buffer<ArrayBuffer>[] {
    return this.#blocks.map((block, index) =>
      index === this.#blocks.length - 1 ? block.subarray(0, this.#used) : block,
    );
  }

  /** Begins a block as long as all before it together. */
  #open(rest: Uint8Array): void {
    const length = Math.max(minBlock, Math.min(maxBlock, this.#length), rest.length);
    const block = Buffer.allocUnsafeSlow(length);
    block.set(rest);
    this.#blocks.push(block);
    this.#used = rest.length;
  }
}
