import type { Progress, Single } from "@kindred/core";
import { resampleArea } from "../picture/resample.ts";
import type { Upscaled, UpscaleRequest } from "../upscale-task.ts";
import { refuseBeyond } from "./limits.ts";
import type { UpscaleLimits } from "./limits.ts";
import { refuseScale, scalesOf } from "./scales.ts";
import type { Upscaler } from "./upscaler.ts";

/** Enlarges one picture after another. */
export function upscalePipeline(
  upscaler: Upscaler,
  limits: UpscaleLimits,
): Single<UpscaleRequest, Upscaled, Progress> {
  const check = ({ image, scale: asked }: UpscaleRequest): void => {
    if (asked !== undefined) refuseScale(upscaler, asked, "scale");
    const { scale } = upscaler;
    if (scale === undefined) return;
    const { width, height } = image;
    refuseBeyond({ width, height, count: 1, scale, asked: asked ?? scale }, limits, "image");
  };
  return {
    get info() {
      return {
        model_type: "image",
        model_ability: ["upscale"],
        upscales: scalesOf(upscaler),
        ...(upscaler.scale !== undefined && { scale: upscaler.scale }),
        max_upscaled_pixels: limits.maxUpscaledPixels,
      };
    },

    usage: () => ({ pictures: 1 }),

    prepare(request) {
      check(request);
      return request;
    },

    async run(request, { signal, onEvent }) {
      const { image, alpha } = request;
      const own = await upscaler.measure(signal);
      check(request);
      const { scale = own } = request;
      const picture = await upscaler.enlarge(image, scale, signal, onEvent);
      const { width, height } = image;
      const opacity = alpha && { shares: alpha, width, height };
      return {
        picture,
        alpha: opacity && (await resampleArea(opacity, picture)).shares,
        scale,
        upscaler: upscaler.name,
      };
    },
  };
}
