import { isKernelError, KernelError } from "@kindred/core";
import type { DiffusionModel } from "../diffusion-model.ts";
import { pasted } from "../picture/paste.ts";
import { wholeOf } from "../picture/region.ts";
import { bicubic, lanczos, resample } from "../picture/resample.ts";
import { resize } from "../picture/resize.ts";
import type { Hires, ImageRequest, Pixels, Settings, Size } from "../task.ts";
import { sizesOf } from "./drawn-sizes.ts";
import { readyOrigin } from "./ready-origin.ts";
import type { OriginSizes, ReadyOrigin } from "./ready-origin.ts";
import { nearestMultiple } from "./size.ts";

export const maxHiresScale = 4;
/** As in AUTOMATIC1111's web UI. */
const defaultStrength = 0.7;

/** Fields that draw a part of the picture, or more than it, at a size of their own: enlarging that has no one meaning. */
const withoutHires = ["paddingMaskCrop", "paddingMultiple"] as const;
const called = {
  paddingMaskCrop: "padding_mask_crop",
  paddingMultiple: "padding_image_to_multiple",
};

/** The strength of the second pass. */
export function hiresStrength({ strength = defaultStrength }: Hires): number {
  return strength;
}

/**
 * INVALID_INPUT on `hires` for a scale or a strength out of range, and beside a field that it does not go with. UNSUPPORTED on
 * it when the model has no encoder of pictures.
 */
export function checkHires(request: ImageRequest, { autoencoder }: DiffusionModel): void {
  const { hires } = request;
  if (!hires) return;
  const { scale } = hires;
  const strength = hiresStrength(hires);
  if (!(scale > 1 && scale <= maxHiresScale))
    throw refused(`hires.scale must be above 1 and at most ${maxHiresScale}, not ${scale}.`);
  if (!(strength > 0 && strength <= 1))
    throw refused(`hires.strength must be above 0 and at most 1, not ${strength}.`);
  const beside = withoutHires.find((field) => request[field] !== undefined);
  if (beside)
    throw refused(
      `hires enlarges the whole picture, and ${called[beside]} draws at a size of its own. Leave one of them out.`,
    );
  if (autoencoder.encoder) return;
  throw new KernelError(
    "UNSUPPORTED",
    "This model's folder has no encoder of pictures, so it cannot draw over an enlarged one. Leave hires out, or add the encoder to the folder.",
    { param: "hires" },
  );
}

function refused(message: string): KernelError {
  return new KernelError("INVALID_INPUT", message, { param: "hires" });
}

/**
 * The sizes of the second pass: the nearest to `scale` times the first's whose sides the model's multiple divides. A model that
 * draws about its own size alone draws about `scale` times that.
 */
export function enlargedSizes(
  { scale }: Hires,
  { final }: OriginSizes,
  model: Pick<DiffusionModel, "defaults" | "multiple" | "only">,
): OriginSizes {
  const { multiple, only } = model;
  const size = nearestMultiple(scaled(final, scale), multiple);
  return blamingHires(() => sizesOf(size, { ...model, only: only && scaled(only, scale) }));
}

function scaled({ width, height }: Size, scale: number): Size {
  return { width: width * scale, height: height * scale };
}

/** The settings that a second pass changes: the final size. The first pass's is kept. */
export function hiresSettings(
  hires: Hires,
  { width, height }: Size,
  enlarged: Size,
): Pick<Settings, "width" | "height" | "hires"> {
  const strength = hiresStrength(hires);
  return { ...enlarged, hires: { scale: hires.scale, strength, width, height } };
}

/**
 * What a request's second pass starts from: the first one's picture, enlarged. What a mask keeps is enlarged from the request's
 * own picture, so that it comes back exactly. Rejects as `readyOrigin` does.
 */
export async function hiresOrigin(
  request: ImageRequest,
  { scale }: Hires,
  sizes: OriginSizes,
): Promise<ReadyOrigin> {
  const { image, mask, maskBlur = 0 } = request;
  const { drawn, final } = sizes;
  const enlarge = (before: Pixels) => resample(before, drawn, lanczos);
  if (!image || !mask)
    return { picture: enlarge, area: undefined, finish: (pixels) => resize(pixels, final) };
  const enlarged = {
    image: await resample(image, final, lanczos),
    mask: await resample(mask, final, bicubic),
    maskBlur: maskBlur * scale,
  };
  const kept = await readyOrigin({ ...request, ...enlarged }, sizes);
  const picture = async (before: Pixels) =>
    pasted(kept.picture, await enlarge(before), wholeOf(drawn), kept.area!);
  return { ...kept, picture };
}

const ofSecondPass: readonly (string | undefined)[] = ["width", "height", "strength"];

/** Runs a work of the second pass. An error on a size or a strength is one on `hires`, which they come from. */
export function blamingHires<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isKernelError(error) || !ofSecondPass.includes(error.param)) throw error;
    throw new KernelError(error.code, `In the second pass: ${error.message}`, {
      param: "hires",
      cause: error,
    });
  }
}
