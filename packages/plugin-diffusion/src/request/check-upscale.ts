import { KernelError } from "@kindred/core";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { ImageRequest, Size } from "../task.ts";
import { refuseBeyond } from "../upscaling/limits.ts";
import { refuseScale } from "../upscaling/scales.ts";

/**
 * UNSUPPORTED on `upscale` where a model was launched without an upscaler, or with one that enlarges by less. INVALID_INPUT, with the
 * numbers, where it would make pictures of this size too large. An upscaler whose scale is not known is asked again once it is.
 */
export function checkUpscale(
  { upscale, count = 1 }: Pick<ImageRequest, "upscale" | "count">,
  { id, upscaler: launched }: Pick<DiffusionModel, "id" | "upscaler">,
  size: Size,
): void {
  if (upscale === undefined) return;
  if (!launched) {
    throw new KernelError(
      "UNSUPPORTED",
      `"${id}" was launched without an upscaler. Leave upscale out, or launch it with options: { upscaler: "RealESRGAN_x4plus.safetensors" }, the path of its file.`,
      { param: "upscale" },
    );
  }
  const { upscaler, limits } = launched;
  refuseScale(upscaler, upscale, "upscale");
  if (upscaler.scale !== undefined) {
    refuseBeyond({ ...size, count, scale: upscaler.scale, asked: upscale }, limits, "upscale");
  }
}
