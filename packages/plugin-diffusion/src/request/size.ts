import { KernelError } from "@kindred/core";
import type { Size } from "../task.ts";

/** Pixels of a side: what a picture is enlarged to at most. */
const MOST = 2048;

/** "512x768" */
export function sizeText({ width, height }: Size): string {
  return `${width}x${height}`;
}

/**
 * What is drawn for a size by a model that draws one size alone: in the asked shape, and about as many pixels as that.
 * INVALID_INPUT beyond 2048 pixels of a side.
 */
export function drawnSize(asked: Size, only: Size): Size {
  for (const side of ["width", "height"] as const) {
    if (asked[side] <= MOST) continue;
    throw new KernelError(
      "INVALID_INPUT",
      `${side} is ${asked[side]}; this model draws ${sizeText(only)} and enlarges it to ${sizeText({ width: MOST, height: MOST })} at most. Ask for that or less.`,
      { param: side },
    );
  }
  const scale = Math.sqrt((only.width * only.height) / (asked.width * asked.height));
  const sideOf = (pixels: number) => Math.max(8, Math.round((pixels * scale) / 8) * 8);
  return { width: sideOf(asked.width), height: sideOf(asked.height) };
}
