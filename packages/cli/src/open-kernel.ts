import {
  budgetAllocator,
  createKernel,
  deviceAllocator,
  logger as loggerToken,
  modelSource,
  provide,
} from "@kindred/core";
import type { Checkpoint, Kernel, Launch, Logger, ModelSource, Plugin } from "@kindred/core";
import { hubSource } from "@kindred/core/hub";
import type { ModelsLock } from "@kindred/core/hub";
import { pictureLimits } from "@kindred/plugin-diffusion";
import type { DiffusionLimits } from "@kindred/plugin-diffusion";
import { announcedSource } from "./announced-source.ts";
import type { DownloadAnnouncer } from "./announced-source.ts";
import { downloadLines } from "./download-lines.ts";
import { heardSource } from "./heard-source.ts";
import type { SourceListener } from "./heard-source.ts";
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
  /** Hears of the models that are found and fetched. Default: nobody does. */
  readonly listener?: SourceListener;
  /** Models that names are held to. Default: none. */
  readonly lock?: ModelsLock;
  /** Whether locked files that are cached are hashed, too. Default false. */
  readonly verify?: boolean;
  readonly logger: Logger;
}

/** A kernel of all installed plugins, with these models declared. A source that is no path is a name on Hugging Face. */
export async function openKernel({
  launches,
  memory,
  limits = {},
  logger,
  ...options
}: OpenOptions): Promise<Kernel> {
  const budget = memory === undefined ? {} : { memory: parseSize("--memory", memory) };
  const warn = (message: string): void => logger.warn({}, message);
  const installed = await installedPlugins(process.cwd(), warn, limits);
  return createKernel({
    plugins: [hub(installed, options), ...installed],
    models: launches,
    provides: [
      provide(loggerToken, () => logger),
      provide(pictureLimits, () => limits),
      provide(deviceAllocator, () => budgetAllocator(budget)),
    ],
  });
}

type SourceOptions = Pick<OpenOptions, "refresh" | "announcer" | "listener" | "lock" | "verify">;

/** The source of names, as the first plugin: a source that another plugin brings takes its place. */
function hub(installed: readonly Plugin[], options: SourceOptions): Plugin {
  const { announcer = () => downloadLines(printError), listener = {}, ...more } = options;
  const checkpoints = checkpointsOf(installed);
  const source = (): ModelSource =>
    announcedSource(heardSource(hubSource({ checkpoints, ...more }), listener), announcer);
  return { contract: 1, name: "hub", provides: [provide(modelSource, source)] };
}

/** The published models that plugins know by name. */
export function checkpointsOf(plugins: readonly Plugin[]): readonly Checkpoint[] {
  const families = plugins.flatMap((plugin) => plugin.families ?? []);
  return families.flatMap((family) => family.checkpoints ?? []);
}
