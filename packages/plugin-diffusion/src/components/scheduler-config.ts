import { KernelError } from "@kindred/core";
import type { LaunchListing, ModelListing } from "@kindred/core";
import { isKnownClass } from "../schedulers/classes.ts";
import type { SchedulerConfig } from "../schedulers/config.ts";
import { requiredJson } from "./required-json.ts";

export const scheduleFile = "scheduler/scheduler_config.json";

/**
 * A checkpoint's scheduler as diffusers makes it: the class that `model_index.json` names, with the settings of
 * `scheduler_config.json`. Their own class counts where `model_index.json` names none. LOAD_FAILED when there are no
 * settings, or for a class that is none of diffusers'.
 */
export function schedulerConfig(model: LaunchListing): SchedulerConfig {
  requiredJson(model, scheduleFile);
  const named: unknown = model.json("model_index.json")?.scheduler;
  const [library, className] = Array.isArray(named) ? named : [];
  if (named === undefined || (library === "diffusers" && isKnownClass(className)))
    return schedulerFacts(model);
  throw new KernelError(
    "LOAD_FAILED",
    `model_index.json of "${model.id}" names the scheduler ${JSON.stringify(named)}, and diffusers has no such class. Name one that it has, as ["diffusers", "EulerDiscreteScheduler"].`,
  );
}

/** The same without a check. Empty when the model has no settings. */
export function schedulerFacts(model: ModelListing): SchedulerConfig {
  const config: SchedulerConfig = model.json(scheduleFile) ?? {};
  const [, className] = [model.json("model_index.json")?.scheduler].flat();
  return typeof className === "string" ? { ...config, _class_name: className } : config;
}
