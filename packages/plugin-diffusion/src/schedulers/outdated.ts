import type { SchedulerConfig } from "./config.ts";
import { isDefault } from "./names.ts";

/**
 * Corrects an outdated `scheduler_config.json` as diffusers' Stable Diffusion 1 and 2 pipelines do: steps_offset is 1,
 * and nothing is clipped. A field that the file omits is corrected for the checkpoint's own class only, as there.
 */
export function corrected(config: SchedulerConfig, sampler = "default"): SchedulerConfig {
  const right = { steps_offset: 1, clip_sample: false };
  if (isDefault(sampler)) return { ...config, ...right };
  const stated = Object.entries(right).filter(([field]) => field in config);
  return { ...config, ...Object.fromEntries(stated) };
}
