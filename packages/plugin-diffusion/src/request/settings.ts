import type { ImageRequest, Settings, Size } from "../task.ts";
import { hiresStrength } from "./hires.ts";
import { optionalsOf } from "./optional-fields.ts";
import { leastSteps, strengthOf } from "./origin-fields.ts";

/** Values of fields that a request omits. */
export interface Defaults extends Size {
  readonly steps: number;
  readonly guidance: number;
}

/** A request's settings. Its pictures have the size `final` in the end. */
export function settingsOf(request: ImageRequest, defaults: Defaults, final: Size): Settings {
  const strength = strengthOf(request);
  const again = request.hires && hiresStrength(request.hires);
  return {
    prompt: request.prompt,
    negativePrompt: request.negativePrompt ?? "",
    width: final.width,
    height: final.height,
    steps: request.steps ?? Math.max(defaults.steps, leastSteps(strength), leastSteps(again)),
    guidance: request.guidance ?? defaults.guidance,
    guidanceRescale: request.guidanceRescale ?? 0,
    sampler: request.sampler ?? "default",
    clipSkip: request.clipSkip ?? 0,
    ...optionalsOf(request),
    ...(strength !== undefined && { strength }),
    ...(request.mask && { maskBlur: request.maskBlur ?? 0 }),
    ...(request.paddingMaskCrop !== undefined && { paddingMaskCrop: request.paddingMaskCrop }),
  };
}
