import {
  budgetAllocator,
  createKernel,
  deviceAllocator,
  logger as loggerToken,
  modelSource,
  provide,
} from "@kindred/core";
import type { Kernel, Launch, Logger, ModelSource, Plugin } from "@kindred/core";
import { hubSource } from "@kindred/core/hub";
import type { HubOptions } from "@kindred/core/hub";
import { pictureLimits } from "@kindred/plugin-diffusion";
import type { DiffusionLimits } from "@kindred/plugin-diffusion";
import { announcedSource } from "./announced-source.ts";
import { printError } from "./print.ts";
import { parseSize } from "./size.ts";
import { installedPlugins } from "./plugins.ts";

export interface OpenOptions {
  readonly launches: readonly Launch[];
  /** Where names are looked up. Default: Hugging Face. */
  readonly hub?: HubOptions["hub"];
  /** The value of `--memory`. Default: the allocator's. */
  readonly memory?: string | undefined;
  /** Bounds of what a request may have drawn and may bring. Default: each model's own, and the plugin's. */
  readonly limits?: Partial<DiffusionLimits>;
  /** Whether what a branch stands for is asked although it is cached. Default false. */
  readonly refresh?: boolean;
  readonly logger: Logger;
}

/** A kernel of all installed plugins, with these models declared. A source that is no path is a name on a hub. */
export async function openKernel({
  launches,
  hub = "huggingface",
  memory,
  limits = {},
  refresh = false,
  logger,
}: OpenOptions): Promise<Kernel> {
  const budget = memory === undefined ? {} : { memory: parseSize("--memory", memory) };
  const warn = (message: string): void => logger.warn({}, message);
  const installed = await installedPlugins(process.cwd(), warn, limits);
  return createKernel({
    plugins: [names(installed, { hub, refresh }), ...installed],
    models: launches,
    provides: [
      provide(loggerToken, () => logger),
      provide(pictureLimits, () => limits),
      provide(deviceAllocator, () => budgetAllocator(budget)),
    ],
  });
}

/** The source of names, as the first plugin: a source that another plugin brings takes its place. */
function names(installed: readonly Plugin[], options: Pick<HubOptions, "hub" | "refresh">): Plugin {
  const families = installed.flatMap((plugin) => plugin.families ?? []);
  const checkpoints = families.flatMap((family) => family.checkpoints ?? []);
  const source = (): ModelSource =>
    announcedSource(hubSource({ ...options, checkpoints }), printError);
  return { contract: 1, name: "hub", provides: [provide(modelSource, source)] };
}
