import { KernelError } from "@kindred/core";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { ImageRequest } from "../task.ts";
import { sizingPicture } from "./drawn-sizes.ts";

/** Share of the schedule over a picture, where a request does not say: diffusers' default for Stable Diffusion. */
const pictureStrength = 0.8;
/** The same within a mask. */
const maskStrength = 1;

/** Fields that say something of `image`. */
const ofImage = ["mask", "strength", "maskBlur", "paddingMaskCrop"] as const;
const ofMask = ["maskBlur", "paddingMaskCrop"] as const;

type OfPicture = (typeof ofImage)[number] | "paddingMultiple";

/** Each field as a message names it. */
const words: Readonly<Record<OfPicture, string>> = {
  mask: "A mask",
  strength: "A strength",
  maskBlur: "A soft edge of a mask",
  paddingMaskCrop: "Drawing around a mask",
  paddingMultiple: "Padding",
};

/** The request's strength, or the default; undefined for a request without a picture. */
export function strengthOf({ image, mask, strength }: ImageRequest): number | undefined {
  if (!image) return undefined;
  return strength ?? (mask ? maskStrength : pictureStrength);
}

/** Most steps that are chosen for a strength. */
const maxLeastSteps = 50;

/** Steps of which a strength leaves one to run, for a request that does not say how many: a turbo model's is one. */
export function leastSteps(strength = 1): number {
  return strength > 0 ? Math.min(Math.ceil(1 / strength), maxLeastSteps) : 1;
}

/**
 * INVALID_INPUT on a field that misses another, or on the picture or mask that an inpainting model misses. UNSUPPORTED on
 * those that the model cannot start from.
 */
export function checkOrigin(
  request: ImageRequest,
  { autoencoder, denoiser }: Pick<DiffusionModel, "autoencoder" | "denoiser">,
): void {
  const alone = ofImage.find((field) => request[field] !== undefined && !request.image);
  if (alone) throw missing(alone, "picture");
  if (request.paddingMultiple !== undefined && !sizingPicture(request))
    throw missing("paddingMultiple", "picture");
  const unmasked = ofMask.find((field) => request[field] !== undefined && !request.mask);
  if (unmasked) throw missing(unmasked, "mask");
  if (request.image && !autoencoder.encoder)
    throw new KernelError(
      "UNSUPPORTED",
      "This model's folder has no encoder of pictures, so it draws from text alone. Leave image out, or add the encoder to the folder.",
      { param: "image" },
    );
  const param = (["image", "mask"] as const).find((field) => request[field] === undefined);
  if (!denoiser.inpaints || !param) return;
  const message = `This model was made to inpaint and needs image and mask. Send ${param} too.`;
  throw new KernelError("INVALID_INPUT", message, { param });
}

function missing(param: OfPicture, needed: "picture" | "mask"): KernelError {
  const message = `${words[param]} needs a ${needed}. Send both, or leave it out.`;
  return new KernelError("INVALID_INPUT", message, { param });
}
