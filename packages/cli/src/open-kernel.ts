import { join } from "node:path";
import {
  budgetAllocator,
  createKernel,
  dataFolder,
  deviceAllocator,
  logger as loggerToken,
  modelSource,
  provide,
} from "@kindred/core";
import type {
  Checkpoint,
  Kernel,
  OnDemand,
  Launch,
  Logger,
  ModelSource,
  Plugin,
} from "@kindred/core";
import { hubSource } from "@kindred/core/hub";
import { QuantizedStore, quantizedStore } from "@kindred/core/precision";
import type { Hub, ModelsLock } from "@kindred/core/hub";
import { launchOnDemand, ModelRegistry } from "@kindred/core/registry";
import { pictureLimits } from "@kindred/plugin-diffusion";
import type { DiffusionLimits } from "@kindred/plugin-diffusion";
import { announcedSource } from "./announced-source.ts";
import type { DownloadAnnouncer } from "./announced-source.ts";
import { downloadLines } from "./download-lines.ts";
import { heardSource } from "./heard-source.ts";
import type { SourceListener } from "./heard-source.ts";
import { withKept } from "./lifecycle.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { printError } from "./print.ts";
import { installedPlugins } from "./plugins.ts";

export interface OpenOptions {
  readonly launches: readonly Launch[];
  /** Where names are looked up. Default: Hugging Face. */
  readonly hub?: Hub;
  /** Bytes that models may take. Default: the allocator's. */
  readonly memory?: number | undefined;
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
  /** Which models requests may load, by which names, and how long they stay. Default: none but `launches`. */
  readonly lifecycle?: Lifecycle;
  /** The data folder, in which weights in eight bits are kept. Default: the user's. */
  readonly data?: string | undefined;
  readonly logger: Logger;
}

/** A kernel, and what says which models can be launched by name. */
export interface Opened {
  readonly kernel: Kernel;
  readonly registry: ModelRegistry;
  readonly onDemand: OnDemand;
}

/** A kernel of all installed plugins, with these models declared. A source that is no path is a name on a hub. */
export async function openKernel(options: OpenOptions): Promise<Kernel> {
  return (await openKernelWithRegistry(options)).kernel;
}

/** The same, with the registry of the models that can be launched by name. */
export async function openKernelWithRegistry({
  launches,
  hub = "huggingface",
  memory,
  limits = {},
  lifecycle = { load: "listed" },
  logger,
  ...options
}: OpenOptions): Promise<Opened> {
  const { data = dataFolder(), ...sources } = options;
  const store = { folder: join(data, "quantized") };
  const budget = memory === undefined ? {} : { memory };
  const warn = (message: string): void => logger.warn({}, message);
  const installed = await installedPlugins(process.cwd(), warn, limits);
  const { state: file, load: policy, aliases, keepAlive } = lifecycle;
  const registry = await ModelRegistry.open({ plugins: installed, hub, ...(file && { file }) });
  const onDemand = launchOnDemand({ registry, policy });
  const kernel = await createKernel({
    plugins: [names(installed, { hub, ...sources }), ...installed],
    models: withKept(launches, registry.launches),
    onDemand,
    ...(aliases && { aliases }),
    ...(keepAlive !== undefined && { keepAlive }),
    provides: [
      provide(loggerToken, () => logger),
      provide(pictureLimits, () => limits),
      provide(quantizedStore, () => new QuantizedStore(store)),
      provide(deviceAllocator, () => budgetAllocator(budget)),
    ],
  });
  return { kernel, registry, onDemand };
}

type SourceOptions = Pick<
  OpenOptions,
  "hub" | "refresh" | "announcer" | "listener" | "lock" | "verify"
>;

/** The source of names, as the first plugin: a source that another plugin brings takes its place. */
function names(installed: readonly Plugin[], options: SourceOptions): Plugin {
  const { announcer = () => downloadLines(printError), listener = {}, ...more } = options;
  const checkpoints = checkpointsOf(installed);
  const source = (): ModelSource =>
    announcedSource(heardSource(hubSource({ ...more, checkpoints }), listener), announcer);
  return { contract: 1, name: "hub", provides: [provide(modelSource, source)] };
}

/** The published models that plugins know by name. */
export function checkpointsOf(plugins: readonly Plugin[]): readonly Checkpoint[] {
  const families = plugins.flatMap((plugin) => plugin.families ?? []);
  return families.flatMap((family) => family.checkpoints ?? []);
}
