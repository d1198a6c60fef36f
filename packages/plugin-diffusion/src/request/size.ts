import { KernelError } from "@kindred/core";
import type { Size } from "../task.ts";

/** Pixels of a side that a picture is enlarged to. */
const maxEnlargedSide = 2048;
/** A side has up to five digits where a size is read. */
const maxSide = 99_999;
const sides = ["width", "height"] as const;

/** A size as text: "512x768". */
export function sizeText({ width, height }: Size): string {
  return `${width}x${height}`;
}

/** The size that a text such as "512x768" or "512*768" names; undefined when it names none, as "auto". */
export function sizeOf(text: string | null | undefined): Size | undefined {
  const [, ...found] = /^(\d{1,5})[x*×](\d{1,5})$/i.exec(text ?? "") ?? [];
  const [width = 0, height = 0] = found.map(Number);
  return width > 0 && height > 0 ? { width, height } : undefined;
}

export function isSameSize(one: Size, other: Size): boolean {
  return sides.every((side) => one[side] === other[side]);
}

/** The first side that is not a positive multiple of `multiple`, and a message that names the nearest size; or undefined. */
export function indivisible(
  size: Size,
  multiple: number,
): { readonly side: "width" | "height"; readonly message: string } | undefined {
  const side = sides.find((each) => !(size[each] > 0 && size[each] % multiple === 0));
  if (side === undefined) return undefined;
  const nearest = nearestMultiple(size, multiple);
  return {
    side,
    message: `width and height must be divisible by ${multiple}, "${sizeText(size)}" is not. Nearest: "${sizeText(nearest)}".`,
  };
}

/**
 * The size to draw by a model that draws `only`: in the shape asked for, with about as many pixels as `only` has.
 * INVALID_INPUT on a side that is beyond what pictures are enlarged to.
 */
export function drawnSize(asked: Size, only: Size, multiple: number): Size {
  for (const side of sides) {
    if (asked[side] <= maxEnlargedSide) continue;
    const max = sizeText({ width: maxEnlargedSide, height: maxEnlargedSide });
    throw new KernelError(
      "INVALID_INPUT",
      `${side} is ${asked[side]}; this model draws ${sizeText(only)} and enlarges it to at most ${max}. Ask for that or less.`,
      { param: side },
    );
  }
  const scale = Math.sqrt((only.width * only.height) / (asked.width * asked.height));
  return nearestMultiple({ width: asked.width * scale, height: asked.height * scale }, multiple);
}

/** The nearest size whose sides `multiple` divides. A side has one multiple at least. */
export function nearestMultiple({ width, height }: Size, multiple: number): Size {
  return { width: nearestSide(width, multiple), height: nearestSide(height, multiple) };
}

/** The largest size within another whose sides `multiple` divides. A side has one multiple at least. */
export function withinMultiple({ width, height }: Size, multiple: number): Size {
  const side = (pixels: number) => Math.max(1, Math.floor(pixels / multiple)) * multiple;
  return { width: side(width), height: side(height) };
}

function nearestSide(pixels: number, multiple: number): number {
  if (!(pixels > 0)) return multiple;
  const count = Math.min(Math.round(pixels / multiple), Math.floor(maxSide / multiple));
  return Math.max(1, count) * multiple;
}
