import type { ControlSetting, ImageRequest, Settings, Size } from "../task.ts";
import { hiresStrength } from "./hires.ts";
import { optionalsOf } from "./optional-fields.ts";
import { leastSteps, strengthOf } from "./origin-fields.ts";

/** Values of fields that a request omits. */
export interface Defaults extends Size {
  readonly steps: number;
  readonly guidance: number;
  /** Default: 1. */
  readonly deepcacheInterval?: number | undefined;
}

export interface SettingsContext {
  readonly defaults: Defaults;
  /** The size that pictures have in the end. */
  readonly final: Size;
  /** The ControlNets that take part. */
  readonly controls: readonly ControlSetting[];
}

/** A request's settings. */
export function settingsOf(
  request: ImageRequest,
  { defaults, final, controls }: SettingsContext,
): Settings {
  const strength = strengthOf(request);
  const { deepcacheInterval = defaults.deepcacheInterval } = request;
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
    ...optionalsOf({ ...request, deepcacheInterval }),
    ...(strength !== undefined && { strength }),
    ...(request.mask && { maskBlur: request.maskBlur ?? 0 }),
    ...(request.paddingMaskCrop !== undefined && { paddingMaskCrop: request.paddingMaskCrop }),
    ...(controls.length > 0 && { controls: controls.map(controlSetting) }),
    ...(request.guessMode && { guessMode: true }),
  };
}

function controlSetting({ name, scale, start, end }: ControlSetting): ControlSetting {
  return { name, scale, start, end };
}
