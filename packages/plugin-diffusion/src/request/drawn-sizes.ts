import { KernelError } from "@kindred/core";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { ImageRequest, Pixels } from "../task.ts";
import type { OriginSizes } from "./ready-origin.ts";
import { drawnSize, indivisible, withinMultiple } from "./size.ts";

/** The picture whose size a request has: the one that is drawn over, or the first that a ControlNet follows. */
export function sizingPicture({
  image,
  control,
}: Pick<ImageRequest, "image" | "control">): Pixels | undefined {
  return image ?? control?.[0]?.image;
}

/** Whether a request's size is its own, or the model's, and not its picture's. */
export function isNamed(request: Omit<ImageRequest, "prompt">): boolean {
  return request.width !== undefined || request.height !== undefined || !sizingPicture(request);
}

/**
 * The size that is drawn and the one that is answered. A request over a picture, or after one that a ControlNet follows, has the
 * picture's own size unless it names one; what the model's multiple does not divide is drawn smaller and enlarged. A part that is cut out of a picture returns to it.
 * INVALID_INPUT on `width` or `height` when a request names a size that the multiple does not divide.
 */
export function sizesOf(
  { image, control, width, height, paddingMaskCrop }: Omit<ImageRequest, "prompt">,
  { defaults, multiple, only }: Pick<DiffusionModel, "defaults" | "multiple" | "only">,
): OriginSizes {
  const picture = sizingPicture({ image, control });
  const own = picture ?? defaults;
  const asked = { width: width ?? own.width, height: height ?? own.height };
  const fault = isNamed({ image, control, width, height })
    ? indivisible(asked, multiple)
    : undefined;
  if (fault) throw new KernelError("INVALID_INPUT", fault.message, { param: fault.side });
  const drawn = only ? drawnSize(asked, only, multiple) : withinMultiple(asked, multiple);
  return { drawn, final: image && paddingMaskCrop !== undefined ? image : asked };
}
