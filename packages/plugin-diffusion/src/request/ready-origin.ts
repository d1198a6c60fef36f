import { KernelError } from "@kindred/core";
import type { Area } from "../picture/area.ts";
import { whiteArea } from "../picture/area.ts";
import { blurred } from "../picture/blur.ts";
import { pasted } from "../picture/paste.ts";
import { cutOut, cutOutArea, regionOf, wholeOf } from "../picture/region.ts";
import type { Region } from "../picture/region.ts";
import { resampleArea } from "../picture/resample.ts";
import { resize } from "../picture/resize.ts";
import type { ImageRequest, Pixels, Size } from "../task.ts";
import { isSameSize, sizeText } from "./size.ts";

/** The picture of a request, and its mask, as they are drawn over. */
export interface ReadyOrigin {
  /** Of the size that is drawn. In a later pass it is made of the picture that the pass before drew. */
  readonly picture: Pixels | Redrawn;
  /** What is drawn anew of it, of the same size. undefined: all. */
  readonly area: Area | undefined;
  /** The part of the request's picture, of this size, that is drawn. Default: the whole. */
  readonly cutout?: Cutout | undefined;
  /** Makes the picture that is answered of what was drawn: with a mask, the request's picture with it pasted in. */
  readonly finish: (drawn: Pixels) => Promise<Pixels>;
}

/** A region, and the size of the picture that it is a part of. */
export interface Cutout {
  readonly of: Size;
  readonly region: Region;
}

/** An origin that all pictures of a request share. */
export interface SharedOrigin extends ReadyOrigin {
  readonly picture: Pixels;
}

/** What is drawn over in a later pass, of the picture of the one before. */
export type Redrawn = (before: Pixels) => Promise<Pixels>;

/** The size that a picture is drawn at, and the one that is answered. */
export interface OriginSizes {
  readonly drawn: Size;
  readonly final: Size;
}

/**
 * Brings a request's picture and mask to the size that is drawn; the event loop turns meanwhile. INVALID_INPUT on `mask` when it has
 * another size than the picture, or nothing that is to be drawn.
 */
export async function readyOrigin(
  { image, mask, maskBlur = 0, paddingMaskCrop }: ImageRequest,
  { drawn, final }: OriginSizes,
): Promise<SharedOrigin> {
  const base = await resize(image!, final);
  if (!mask) {
    const picture = await resize(image!, drawn);
    return { picture, area: undefined, finish: (pixels) => resize(pixels, final) };
  }
  if (!isSameSize(mask, image!)) throw otherSize(mask, image!);
  const area = await blurred(await resampleArea(await whiteArea(mask), final), maskBlur);
  const found = regionOf(area, paddingMaskCrop ?? 0, drawn);
  if (!found) throw nothingToDraw();
  const cutout = paddingMaskCrop === undefined ? undefined : { of: final, region: found };
  const region = cutout?.region ?? wholeOf(final);
  return {
    cutout,
    picture: await cutOut(base, region, drawn),
    area: await cutOutArea(area, region, drawn),
    finish: async (pixels) => pasted(base, await resize(pixels, region), region, area),
  };
}

function otherSize(mask: Size, image: Size): KernelError {
  return new KernelError(
    "INVALID_INPUT",
    `The mask has ${sizeText(mask)} pixels and the picture ${sizeText(image)}. Send a mask of the picture's size.`,
    { param: "mask" },
  );
}

function nothingToDraw(): KernelError {
  const message = "The mask has nothing that is to be drawn: it keeps the whole picture.";
  return new KernelError("INVALID_INPUT", message, { param: "mask" });
}
