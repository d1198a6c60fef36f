import type { Tensor, TimeSlice } from "@kindred/core";
import { byteOf } from "../picture/byte.ts";
import type { Pixels, Size } from "../task.ts";
import type { Stretch } from "./tiles.ts";

const { min } = Math;

/** A picture that is put together of enlarged tiles, row by row. Neighbours fade into each other, so that no seam is seen. */
export class EnlargedPicture {
  readonly pixels: Pixels;
  readonly #scale: number;
  readonly #shareOf: (value: number) => number;
  /** The tiles of one row, next to each other. */
  #strip = new Uint8Array();

  /** `size` is the one before it was enlarged. `shareOf` makes a tile's value one from 0 to 1. */
  constructor({ width, height }: Size, scale: number, shareOf: (value: number) => number) {
    const size = { width: width * scale, height: height * scale };
    this.pixels = { ...size, rgb: new Uint8Array(3 * size.width * size.height) };
    this.#scale = scale;
    this.#shareOf = shareOf;
  }

  /** Puts a tile into its row. `data` are the values of all that its run saw, enlarged: [1, 3, height, width]. */
  async putTile(column: Stretch, { data, dims }: Tensor, slice: TimeSlice): Promise<void> {
    const [, , height = 0, width = 0] = dims;
    const strip = this.#stripOf(height);
    const { begin, end, weightAt } = this.#enlarged(column);
    const plane = height * width;
    for (let y = 0; y < height; y++) {
      if (slice.isOver) await slice.next();
      const row = y * width - column.start * this.#scale;
      for (let x = begin; x < end; x++) {
        const weight = weightAt(x);
        const at = 3 * (y * this.pixels.width + x);
        for (let channel = 0; channel < 3; channel++) {
          const value = byteOf(this.#shareOf(Number(data[channel * plane + row + x])));
          strip[at + channel] = mixed(strip[at + channel]!, value, weight);
        }
      }
    }
  }

  /** Puts a row into the picture, once it has all its tiles. */
  async putRow(row: Stretch, slice: TimeSlice): Promise<void> {
    const { rgb, width } = this.pixels;
    const length = 3 * width;
    const { begin, end, weightAt } = this.#enlarged(row);
    for (let y = begin; y < end; y++) {
      if (slice.isOver) await slice.next();
      const from = length * (y - row.start * this.#scale);
      const line = this.#strip.subarray(from, from + length);
      const weight = weightAt(y);
      const at = y * length;
      if (weight === 1) rgb.set(line, at);
      else line.forEach((value, i) => (rgb[at + i] = mixed(rgb[at + i]!, value, weight)));
    }
  }

  #stripOf(height: number): Uint8Array {
    const length = 3 * this.pixels.width * height;
    if (this.#strip.length !== length) this.#strip = new Uint8Array(length);
    return this.#strip;
  }

  /** The kept part of a stretch, and the share of it at a place where its neighbour is there already. */
  #enlarged({ from, full, end }: Stretch) {
    const scale = this.#scale;
    const weightAt = (place: number) =>
      from === full ? 1 : min(1, ((place + 0.5) / scale - from) / (full - from));
    return { begin: scale * from, end: scale * end, weightAt };
  }
}

function mixed(old: number, value: number, weight: number): number {
  return weight === 1 ? value : Math.round(weight * value + (1 - weight) * old);
}
