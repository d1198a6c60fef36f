import { join } from "node:path";
import { dataFolder, nearest } from "@kindred/core";
import type { Kernel, KernelOptions, Launch } from "@kindred/core";
import type { LoadPolicy, ModelRegistry } from "@kindred/core/registry";
import { asTyped } from "./as-typed.ts";
import type { Effective } from "./configuration/config.ts";
import { UsageError } from "./usage-error.ts";

/** Which models requests may load, by which names, and how long they stay. */
export interface Lifecycle extends Pick<KernelOptions, "aliases" | "keepAlive"> {
  readonly load: LoadPolicy;
  /** The file that keeps registered models and launches. Absent when they end with the process. */
  readonly state?: string;
}

/** What these settings mean. */
export function lifecycleOf(settings: Effective): Lifecycle {
  const { aliases = {}, load = "listed", keepAlive } = settings;
  const state = stateFile(settings);
  return {
    aliases,
    load,
    ...(keepAlive !== undefined && { keepAlive }),
    ...(state !== undefined && { state }),
  };
}

/** The launches of the command line, and of those that are kept the others. */
export function withKept(launches: readonly Launch[], kept: readonly Launch[]): readonly Launch[] {
  const ids = new Set(launches.map(({ id }) => id));
  return [...launches, ...kept.filter(({ id }) => !ids.has(id))];
}

/** UsageError for an alias of a model that is neither launched nor one that a request could load. */
export function checkAliases(
  { aliases = {}, load }: Lifecycle,
  kernel: Pick<Kernel, "models">,
  registry: ModelRegistry,
): void {
  const launched = kernel.models().map(({ id }) => id);
  for (const [alias, id] of Object.entries(aliases)) {
    const isLoadable = load !== "listed" && registry.repository(id) !== undefined;
    if (isLoadable || registry.isRegistered(id) || launched.includes(id)) continue;
    const names = [...launched, ...registry.models.map(({ name }) => name)];
    const isPublished = registry.find(id) !== undefined;
    const advice = isPublished
      ? ` Serve it too: ${asTyped("serve")} ${id}, or let requests load it by --load any.`
      : nearest(id, names);
    throw new UsageError(`--alias ${alias}=${id} names no model that is served.${advice}`);
  }
}

/**
 * The port is a part of the file's name, so that servers side by side have one each. A server on a port that is chosen anew each time
 * has none, unless one is named.
 */
function stateFile({ state, port, data = dataFolder() }: Effective): string | undefined {
  if (state === false || (state === undefined && port === 0)) return undefined;
  return state ?? join(data, `state-${port}.json`);
}
