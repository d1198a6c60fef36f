import { isKernelError, KernelError, logger } from "@kindred/core";
import type { LoadContext } from "@kindred/core";
import type { Scheduler } from "../schedulers/scheduler.ts";

/** Makes the sampler of a name over a checkpoint's settings. */
type Create = (sampler: string) => Scheduler;

/**
 * Logs why requests for the checkpoint's own sampler will be refused. LOAD_FAILED when its settings are not sound, or none of
 * these samplers takes them.
 */
export function checkScheduler(
  { get, model }: LoadContext,
  samplers: readonly string[],
  create: Create,
): void {
  const refusal = refusalOf(create, "default");
  if (refusal === undefined) return;
  if (samplers.every((sampler) => refusalOf(create, sampler) !== undefined)) {
    const message = `No sampler takes the settings of the model's scheduler. ${refusal.message}`;
    throw new KernelError("LOAD_FAILED", message, { cause: refusal });
  }
  get(logger).warn({ model: model.id, reason: refusal.message }, "requests must name a sampler");
}

/** Why a sampler does not take the settings. undefined when it does. */
function refusalOf(create: Create, sampler: string): KernelError | undefined {
  try {
    create(sampler);
    return undefined;
  } catch (error) {
    if (!isKernelError(error) || error.code !== "UNSUPPORTED") throw error;
    return error;
  }
}
