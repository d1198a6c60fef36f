import {
  budgetAllocator,
  createKernel,
  deviceAllocator,
  logger as loggerToken,
  provide,
} from "@kindred/core";
import type { Kernel, Launch, Logger } from "@kindred/core";
import { pictureLimits } from "@kindred/plugin-diffusion";
import type { DiffusionLimits } from "@kindred/plugin-diffusion";
import { parseSize } from "./size.ts";
import { installedPlugins } from "./plugins.ts";

export interface OpenOptions {
  readonly launches: readonly Launch[];
  /** The value of `--memory`. Default: the allocator's. */
  readonly memory?: string | undefined;
  /** Bounds of what a request may have drawn and may bring. Default: each model's own, and the plugin's. */
  readonly limits?: Partial<DiffusionLimits>;
  readonly logger: Logger;
}

/** A kernel of all installed plugins, with these models declared. */
export async function openKernel({
  launches,
  memory,
  limits = {},
  logger,
}: OpenOptions): Promise<Kernel> {
  const budget = memory === undefined ? {} : { memory: parseSize("--memory", memory) };
  return createKernel({
    plugins: await installedPlugins(process.cwd(), (message) => logger.warn({}, message), limits),
    models: launches,
    provides: [
      provide(loggerToken, () => logger),
      provide(pictureLimits, () => limits),
      provide(deviceAllocator, () => budgetAllocator(budget)),
    ],
  });
}
