import type { Pixels, Size } from "../task.ts";
import type { Area } from "./area.ts";
import { resampleArea } from "./resample.ts";
import { resize } from "./resize.ts";

/** A rectangle of a picture, in pixels. */
export interface Region extends Size {
  readonly left: number;
  readonly top: number;
}

export function wholeOf({ width, height }: Size): Region {
  return { left: 0, top: 0, width, height };
}

/** A region of a picture, resized to a size. */
export async function cutOut(pixels: Pixels, region: Region, size: Size): Promise<Pixels> {
  const { rgb } = pixels;
  const part = rows(rgb, pixels, region, 3);
  return resize({ rgb: part, width: region.width, height: region.height }, size);
}

/** The same of an area. */
export async function cutOutArea(area: Area, region: Region, size: Size): Promise<Area> {
  const part = rows(area.shares, area, region, 1);
  return resampleArea({ shares: part, width: region.width, height: region.height }, size);
}

/** The values of a region, row by row. */
function rows(values: Uint8Array, { width }: Size, region: Region, channels: number): Uint8Array {
  const length = channels * region.width;
  const part = new Uint8Array(length * region.height);
  for (let y = 0; y < region.height; y++) {
    const from = channels * ((region.top + y) * width + region.left);
    part.set(values.subarray(from, from + length), y * length);
  }
  return part;
}

/**
 * The smallest region with all that is not 0 of an area, and `padding` pixels around it, widened to the shape of `size` as
 * far as the picture goes: diffusers' `get_crop_region`. undefined when all is 0.
 */
export function regionOf(area: Area, padding: number, size: Size): Region | undefined {
  const bounds = boundsOf(area);
  if (!bounds) return undefined;
  let { left, top } = {
    left: Math.max(bounds.left - padding, 0),
    top: Math.max(bounds.top - padding, 0),
  };
  let right = Math.min(bounds.right + padding, area.width);
  let bottom = Math.min(bounds.bottom + padding, area.height);
  const shape = size.width / size.height;
  if ((right - left) / (bottom - top) > shape) {
    [top, bottom] = widened([top, bottom], Math.trunc((right - left) / shape), area.height);
  } else {
    [left, right] = widened([left, right], Math.trunc((bottom - top) * shape), area.width);
  }
  return { left, top, width: right - left, height: bottom - top };
}

/** A stretch made `length` long about its middle, moved to lie within `max`, or cut to it. */
function widened(
  [from, to]: readonly [number, number],
  length: number,
  max: number,
): [number, number] {
  const more = length - (to - from);
  let start = from - Math.floor(more / 2);
  let end = to + more - Math.floor(more / 2);
  if (end >= max) [start, end] = [start - (end - max), max];
  if (start < 0) [start, end] = [0, end - start];
  return [start, Math.min(end, max)];
}

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function boundsOf({ shares, width, height }: Area): Bounds | undefined {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (shares[y * width + x] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = y + 1;
    }
  }
  return right > 0 ? { left, top, right, bottom } : undefined;
}
