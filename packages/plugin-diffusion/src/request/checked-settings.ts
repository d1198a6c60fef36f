import { KernelError, reached } from "@kindred/core";
import type { DiffusionModel } from "../diffusion-model.ts";
import { isDefault } from "../schedulers/names.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import type { ControlSetting, ImageRequest, Settings } from "../task.ts";
import { checkUpscale } from "./check-upscale.ts";
import { isNamed } from "./drawn-sizes.ts";
import { hiresSettings } from "./hires.ts";
import { excessOf } from "./limits.ts";
import type { OriginSizes } from "./ready-origin.ts";
import { settingsOf } from "./settings.ts";

export interface Asked {
  readonly request: ImageRequest;
  readonly controls: readonly ControlSetting[];
  /** The first pass's. */
  readonly sizes: OriginSizes;
  /** The second pass's, if there is one. */
  readonly enlarged: OriginSizes | undefined;
}

/**
 * A request's settings, within the model's limits, and the sampler that they name. INVALID_INPUT or UNSUPPORTED on the field that
 * is beyond them.
 */
export function checkedSettings(
  model: DiffusionModel,
  { request, controls, sizes, enlarged }: Asked,
): { readonly settings: Settings; readonly scheduler: Scheduler } {
  const { count = 1, hires } = request;
  const asked = {
    ...settingsOf(request, { defaults: model.defaults, final: sizes.final, controls }),
    ...(hires && enlarged && hiresSettings(hires, sizes.final, enlarged.final)),
  };
  const scheduler = model.scheduler(asked.sampler);
  const settings = isDefault(asked.sampler) ? { ...asked, sampler: scheduler.name } : asked;
  checkUpscale(request, model, settings);
  const amount = { ...asked, ...sizes.final, drawn: sizes.drawn, count, hires: enlarged };
  const excess = excessOf(model.id, model.limits, amount);
  if (!excess) return { settings, scheduler };
  const { param, message, bound } = excess;
  reached(bound);
  const isOfPicture = (param === "width" || param === "height") && !isNamed(request);
  const advice = isOfPicture ? " The size is the picture's: name a smaller one." : "";
  throw new KernelError("INVALID_INPUT", `${message}${advice}`, { param });
}
