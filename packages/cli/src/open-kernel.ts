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
import { pictureLimits } from "@kindred/plugin-diffusion";
import type { DiffusionLimits } from "@kindred/plugin-diffusion";
import { announcedSource } from "./announced-source.ts";
import type { DownloadAnnouncer } from "./announced-source.ts";
import { downloadLines } from "./download-lines.ts";
import { printError } from "./print.ts";
import { parseSize } from "./size.ts";
import { installedPlugins } from "./plugins.ts";

export interface OpenOptions {
  readonly launches: readonly Launch[];
  /** The value of `--memory`. Default: the allocator's. */
  readonly memory?: string | undefined;
  /** Bounds of what a request may have drawn and may bring. Default: each model's own, and the plugin's. */
  readonly limits?: Partial<DiffusionLimits>;
  /** Whether what a branch stands for is asked although it is cached. Default false. */
  readonly refresh?: boolean;
  /** Makes who tells of a download. Default: lines on standard error. */
  readonly announcer?: () => DownloadAnnouncer;
  readonly logger: Logger;
}

/** A kernel of all installed plugins, with these models declared. A source that is no path is a name on Hugging Face. */
export async function openKernel({
  launches,
  memory,
  limits = {},
  refresh = false,
  announcer = () => downloadLines(printError),
  logger,
}: OpenOptions): Promise<Kernel> {
  const budget = memory === undefined ? {} : { memory: parseSize("--memory", memory) };
  const warn = (message: string): void => logger.warn({}, message);
  const installed = await installedPlugins(process.cwd(), warn, limits);
  return createKernel({
    plugins: [hub(installed, { refresh, announcer }), ...installed],
    models: launches,
    provides: [
      provide(loggerToken, () => logger),
      provide(pictureLimits, () => limits),
      provide(deviceAllocator, () => budgetAllocator(budget)),
    ],
  });
}

/** The source of names, as the first plugin: a source that another plugin brings takes its place. */
function hub(
  installed: readonly Plugin[],
  { refresh, announcer }: Required<Pick<OpenOptions, "refresh" | "announcer">>,
): Plugin {
  const families = installed.flatMap((plugin) => plugin.families ?? []);
  const checkpoints = families.flatMap((family) => family.checkpoints ?? []);
  const source = (): ModelSource => announcedSource(hubSource({ checkpoints, refresh }), announcer);
  return { contract: 1, name: "hub", provides: [provide(modelSource, source)] };
}
