import { KernelError } from "@kindred/core";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { ImageRequest } from "../task.ts";
import type { OriginSizes } from "./ready-origin.ts";
import { drawnSize, indivisible, withinMultiple } from "./size.ts";

/**
 * The size that is drawn and the one that is answered. A request over a picture, or after one that a ControlNet follows, has the
 * picture's own size unless it names one; what the model's multiple does not divide is drawn smaller and enlarged. A part that is cut out of a picture returns to it.
 * INVALID_INPUT on `width` or `height` when a request names a size that the multiple does not divide.
 */
export function sizesOf(
  { image, control, width, height, paddingMaskCrop }: Omit<ImageRequest, "prompt">,
  { defaults, multiple, only }: Pick<DiffusionModel, "defaults" | "multiple" | "only">,
): OriginSizes {
  const picture = image ?? control?.[0]?.image;
  const own = picture ?? defaults;
  const asked = { width: width ?? own.width, height: height ?? own.height };
  const isNamed = width !== undefined || height !== undefined || !picture;
  const fault = isNamed ? indivisible(asked, multiple) : undefined;
  if (fault) throw new KernelError("INVALID_INPUT", fault.message, { param: fault.side });
  const drawn = only ? drawnSize(asked, only, multiple) : withinMultiple(asked, multiple);
  return { drawn, final: image && paddingMaskCrop !== undefined ? image : asked };
}
