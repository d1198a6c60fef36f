import { KernelError } from "@kindred/core";
import type { ImageRequest, Settings, Size } from "../task.ts";
import { optionalsOf } from "./optional-fields.ts";
import { indivisible } from "./size.ts";

/** Values of fields that a request omits. */
export interface Defaults extends Size {
  readonly steps: number;
  readonly guidance: number;
}

/** A request's settings. INVALID_INPUT on `width` or `height` when `multiple` does not divide it. */
export function settingsOf(request: ImageRequest, defaults: Defaults, multiple: number): Settings {
  const settings = {
    prompt: request.prompt,
    negativePrompt: request.negativePrompt ?? "",
    width: request.width ?? defaults.width,
    height: request.height ?? defaults.height,
    steps: request.steps ?? defaults.steps,
    guidance: request.guidance ?? defaults.guidance,
    guidanceRescale: request.guidanceRescale ?? 0,
    sampler: request.sampler ?? "default",
    clipSkip: request.clipSkip ?? 0,
    ...optionalsOf(request),
  };
  const fault = indivisible(settings, multiple);
  if (fault) throw new KernelError("INVALID_INPUT", fault.message, { param: fault.side });
  return settings;
}
