import { KernelError, reached, token } from "@kindred/core";
import type { Token } from "@kindred/core";
import { numeral } from "../request/numeral.ts";
import { sizeText } from "../request/size.ts";
import type { Size } from "../task.ts";

/** How large the pictures of one request may become that are enlarged. */
export interface UpscaleLimits {
  /** Pixels of them all, as the network makes them, before they are made smaller. Default 67,108,864, as 8192x8192 has. */
  readonly maxUpscaledPixels: number;
}

export const upscaleDefaults: UpscaleLimits = { maxUpscaledPixels: 2 ** 26 };

/** Limits of all upscalers of a server. */
export const upscaleLimits: Token<UpscaleLimits> = token("upscale-limits", upscaleDefaults);

/** The longest side of a WebP, in pixels; the other formats have longer ones. */
const maxSide = 16_383;

/** Pictures of one size that a network enlarges by its scale. */
export interface UpscaleAmount extends Size {
  readonly count: number;
  readonly scale: number;
  /** Times that the sides are in the end. */
  readonly asked: number;
}

/** INVALID_INPUT on `param`, with the numbers, for pictures that a network makes too large. */
export function refuseBeyond(
  { width, height, count, scale, asked }: UpscaleAmount,
  { maxUpscaledPixels }: UpscaleLimits,
  param: string,
): void {
  const made = { width: width * scale, height: height * scale };
  const pixels = count * made.width * made.height;
  const isTooMuch = pixels > maxUpscaledPixels;
  const why = isTooMuch
    ? `${numeral(pixels)} pixels; at most ${numeral(maxUpscaledPixels)} are made for one request (maxUpscaledPixels)`
    : asked * Math.max(width, height) > maxSide
      ? `a side of more than ${numeral(maxSide)} pixels, which not every format has`
      : undefined;
  if (why === undefined) return;
  reached(isTooMuch ? "maxUpscaledPixels" : "upscaled.side");
  const pictures = count === 1 ? "A picture" : `${count} pictures`;
  const message = `${pictures} of ${sizeText({ width, height })} would become ${sizeText(made)} by the upscaler, which enlarges by ${scale}. That is ${why}. Send or ask for fewer pixels.`;
  throw new KernelError("INVALID_INPUT", message, { param });
}
