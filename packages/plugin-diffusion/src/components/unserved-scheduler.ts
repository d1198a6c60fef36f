import { isKernelError, logger } from "@kindred/core";
import type { LoadContext } from "@kindred/core";
import type { Scheduler } from "../schedulers/scheduler.ts";

/** Logs why requests for the checkpoint's own sampler will be refused. LOAD_FAILED when its settings are not sound. */
export function warnOfUnserved(
  { get, model }: LoadContext,
  scheduler: (sampler: string) => Scheduler,
): void {
  try {
    scheduler("default");
  } catch (error) {
    if (!isKernelError(error) || error.code !== "UNSUPPORTED") throw error;
    get(logger).warn({ model: model.id, reason: error.message }, "requests must name a sampler");
  }
}
