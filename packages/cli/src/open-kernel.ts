import {
  budgetAllocator,
  createKernel,
  deviceAllocator,
  logger as loggerToken,
  modelSource,
  provide,
} from "@kindred/core";
import type { Kernel, KernelOptions, Launch, Logger, ModelSource, Plugin } from "@kindred/core";
import { hubSource } from "@kindred/core/hub";
import type { HubOptions } from "@kindred/core/hub";
import { launchOnDemand, ModelRegistry } from "@kindred/core/registry";
import { pictureLimits } from "@kindred/plugin-diffusion";
import type { DiffusionLimits } from "@kindred/plugin-diffusion";
import { announcedSource } from "./announced-source.ts";
import { withKept } from "./lifecycle.ts";
import type { Lifecycle } from "./lifecycle.ts";
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
  /** Which models requests may load, by which names, and how long they stay. Default: none but `launches`. */
  readonly lifecycle?: Lifecycle;
  readonly logger: Logger;
}

/** A kernel, and what says which models can be launched by name. */
export interface Opened {
  readonly kernel: Kernel;
  readonly registry: ModelRegistry;
  readonly onDemand: NonNullable<KernelOptions["onDemand"]>;
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
  refresh = false,
  lifecycle = { load: "listed" },
  logger,
}: OpenOptions): Promise<Opened> {
  const budget = memory === undefined ? {} : { memory: parseSize("--memory", memory) };
  const warn = (message: string): void => logger.warn({}, message);
  const installed = await installedPlugins(process.cwd(), warn, limits);
  const { state: file, load: policy, aliases, keepAlive } = lifecycle;
  const registry = await ModelRegistry.open({ plugins: installed, hub, ...(file && { file }) });
  const onDemand = launchOnDemand({ registry, policy });
  const kernel = await createKernel({
    plugins: [names(installed, { hub, refresh }), ...installed],
    models: withKept(launches, registry.launches),
    onDemand,
    ...(aliases && { aliases }),
    ...(keepAlive !== undefined && { keepAlive }),
    provides: [
      provide(loggerToken, () => logger),
      provide(pictureLimits, () => limits),
      provide(deviceAllocator, () => budgetAllocator(budget)),
    ],
  });
  return { kernel, registry, onDemand };
}

/** The source of names, as the first plugin: a source that another plugin brings takes its place. */
function names(installed: readonly Plugin[], options: Pick<HubOptions, "hub" | "refresh">): Plugin {
  const families = installed.flatMap((plugin) => plugin.families ?? []);
  const checkpoints = families.flatMap((family) => family.checkpoints ?? []);
  const source = (): ModelSource =>
    announcedSource(hubSource({ ...options, checkpoints }), printError);
  return { contract: 1, name: "hub", provides: [provide(modelSource, source)] };
}
