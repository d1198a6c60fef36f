import { TimeSlice } from "@kindred/core";
import type { LatentSize } from "../latent.ts";
import type { Pixels, Size } from "../task.ts";

/** A part of a picture, by pixel. */
export interface Area extends Size {
  /** 255 within it, 0 outside, row by row: width · height bytes. What lies between is a soft edge. */
  readonly shares: Uint8Array;
}

/** From this share on a pixel belongs to an area that has no soft edge: diffusers takes half of white. */
const half = 127.5;

export function isWithin(share: number): boolean {
  return share >= half;
}

/** The white part of a picture, by its luminance (ITU-R BT.601). */
export async function whiteArea({ rgb, width, height }: Pixels): Promise<Area> {
  const shares = new Uint8Array(width * height);
  const slice = new TimeSlice();
  for (let row = 0; row < shares.length; row += width) {
    if (slice.isOver) await slice.next();
    for (let i = row; i < row + width; i++) {
      const [red, green, blue] = [rgb[3 * i]!, rgb[3 * i + 1]!, rgb[3 * i + 2]!];
      shares[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }
  }
  return { shares, width, height };
}

/** 1 for the pixels of a latent whose first pixel is within an area, else 0: torch's nearest interpolation. */
export function latentMask(area: Area, { width, height }: LatentSize): Float32Array {
  const [across, down] = [area.width / width, area.height / height];
  return Float32Array.from({ length: width * height }, (_, at) => {
    const x = Math.floor((at % width) * across);
    const y = Math.floor(Math.floor(at / width) * down);
    return isWithin(area.shares[y * area.width + x]!) ? 1 : 0;
  });
}
