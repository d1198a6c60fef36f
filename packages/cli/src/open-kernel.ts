import {
  budgetAllocator,
  createKernel,
  deviceAllocator,
  logger as loggerToken,
  provide,
} from "@kindred/core";
import type { Kernel, Launch, Logger } from "@kindred/core";
import { parseSize } from "./size.ts";
import { installedPlugins } from "./plugins.ts";

export interface OpenOptions {
  readonly launches: readonly Launch[];
  /** The value of `--memory`. Default: the allocator's. */
  readonly memory?: string | undefined;
  readonly logger: Logger;
}

/** A kernel of all installed plugins, with these models declared. */
export async function openKernel({ launches, memory, logger }: OpenOptions): Promise<Kernel> {
  const budget = memory === undefined ? {} : { memory: parseSize("--memory", memory) };
  return createKernel({
    plugins: await installedPlugins(process.cwd(), (message) => logger.warn({}, message)),
    models: launches,
    provides: [
      provide(loggerToken, () => logger),
      provide(deviceAllocator, () => budgetAllocator(budget)),
    ],
  });
}
