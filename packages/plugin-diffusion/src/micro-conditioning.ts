import { KernelError } from "@kindred/core";
import type { Tensor } from "@kindred/core";
import type { GuidedConditions } from "./conditions.ts";
import type { OptionalField } from "./request/optional-fields.ts";
import type { Crop, Settings, Size } from "./task.ts";

/** The fields of a request that SDXL's micro-conditioning honours. */
export const microFields: readonly OptionalField[] = [
  "originalSize",
  "crop",
  "targetSize",
  "negativeOriginalSize",
  "negativeCrop",
  "negativeTargetSize",
];

const noCrop: Crop = { top: 0, left: 0 };

/**
 * `time_ids`, float32 [1, 6], as SDXL's UNet takes them (arXiv 2307.01952, section 2.2): original height and width, top and
 * left of the crop, target height and width. INVALID_INPUT on a negative size that is missing beside others, where diffusers
 * would leave them all out.
 */
export function microConditions(settings: Settings, drawn: Size): GuidedConditions {
  const { originalSize = drawn, crop = noCrop, targetSize = drawn } = settings;
  const prompt = { time_ids: timeIds(originalSize, crop, targetSize) };
  const original = settings.negativeOriginalSize;
  const target = settings.negativeTargetSize;
  if (original && target) {
    const ids = timeIds(original, settings.negativeCrop ?? noCrop, target);
    return { prompt, negative: { time_ids: ids } };
  }
  if (!original && !target && !settings.negativeCrop) return { prompt, negative: prompt };
  throw new KernelError(
    "INVALID_INPUT",
    "negative_original_size, negative_target_size and negative_crops_coords_top_left go together. Send both sizes, or leave them all out.",
    { param: original ? "negativeTargetSize" : "negativeOriginalSize" },
  );
}

function timeIds(original: Size, crop: Crop, target: Size): Tensor {
  const sizes = [original.height, original.width, crop.top, crop.left, target.height, target.width];
  return { type: "float32", dims: [1, sizes.length], data: Float32Array.from(sizes) };
}
