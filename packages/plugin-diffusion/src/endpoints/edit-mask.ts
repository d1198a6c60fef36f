import { KernelError } from "@kindred/core";
import { maskOfAlpha, maskOfLuminance } from "../picture/mask.ts";
import type { DecodedPicture } from "../picture/decode.ts";
import { isSameSize, sizeText } from "../request/size.ts";
import type { Pixels } from "../task.ts";
import { warningsOfAlpha } from "./opacity-warning.ts";

export interface FoundMask {
  /** Default: the whole picture is drawn anew. */
  readonly mask?: Pixels;
  readonly warnings: readonly string[];
}

/** The mask of an edit without one: the picture's own transparent pixels, if it has any. */
export async function ownMask(image: DecodedPicture): Promise<FoundMask> {
  const mask = await maskOfAlpha(image);
  if (!mask) return { warnings: [] };
  return {
    mask,
    warnings: [
      "There is no mask: the transparent pixels of image were repainted, and the others kept.",
    ],
  };
}

/** OpenAI's mask: what is transparent is repainted. One without an alpha channel is read by its luminance. */
export async function alphaMask(mask: DecodedPicture, image: DecodedPicture): Promise<FoundMask> {
  if (!mask.alpha) {
    const found = await luminanceMask("mask", mask, image);
    const warning = "mask has no alpha channel: what is white in it was repainted.";
    return { ...found, warnings: [warning] };
  }
  checkSize("mask", mask, image);
  const found = await maskOfAlpha(mask);
  if (found) return { mask: found, warnings: [] };
  throw refused(
    "mask",
    "mask is opaque everywhere, so it would repaint nothing. Make it wholly transparent where the picture is to be repainted.",
  );
}

/** The mask of other servers: what is white is repainted, whatever its opacity. */
export async function luminanceMask(
  param: string,
  mask: DecodedPicture,
  image: DecodedPicture,
): Promise<FoundMask> {
  checkSize(param, mask, image);
  const found = await maskOfLuminance(mask.pixels);
  if (!found) {
    throw refused(
      param,
      `${param} is black everywhere, so it would repaint nothing. Make it white where the picture is to be repainted.`,
    );
  }
  return { mask: found, warnings: await warningsOfAlpha([mask], param) };
}

function checkSize(
  param: string,
  { pixels: mask }: DecodedPicture,
  { pixels: image }: DecodedPicture,
): void {
  if (isSameSize(mask, image)) return;
  throw refused(
    param,
    `${param} has ${sizeText(mask)} pixels and the picture ${sizeText(image)}. Send a mask of the picture's size.`,
  );
}

function refused(param: string, message: string): KernelError {
  return new KernelError("INVALID_INPUT", message, { param });
}
