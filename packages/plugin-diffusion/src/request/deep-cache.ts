import { KernelError } from "@kindred/core";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { ImageRequest, Settings } from "../task.ts";
import { intervalField } from "./fields.ts";
import type { ReadyPass } from "./ready-pass.ts";

/**
 * INVALID_INPUT on `deepcacheInterval` when it is no interval, UNSUPPORTED when it is above 1 and the launch is without DeepCache.
 */
export function checkDeepCache(
  { deepcacheInterval: interval }: ImageRequest,
  { denoiser }: Pick<DiffusionModel, "denoiser">,
): void {
  if (interval === undefined) return;
  const param = "deepcacheInterval";
  const fault = intervalField.safeParse(interval).error;
  if (fault) {
    const message = `The interval of DeepCache must be an integer from 1 to ${intervalField.maxValue}, not ${interval}.`;
    throw new KernelError("INVALID_INPUT", message, { param });
  }
  if (interval === 1 || denoiser.deepCached) return;
  const message =
    "This model was launched without DeepCache. Leave its interval out, or launch the model with options: { deepcache: true }.";
  throw new KernelError("UNSUPPORTED", message, { param });
}

/** The settings, without an interval that no pass is long enough for. */
export function withoutIdleInterval(
  settings: Settings,
  passes: readonly Pick<ReadyPass, "schedule">[],
): Settings {
  if (passes.some(({ schedule }) => schedule.timesteps.length > 1)) return settings;
  const { deepcacheInterval: _, ...others } = settings;
  return others;
}
