import { join } from "node:path";
import { dataFolder, nearest, parseKeepAlive } from "@kindred/core";
import type { Kernel, KernelOptions, Launch } from "@kindred/core";
import type { LoadPolicy, ModelRegistry } from "@kindred/core/registry";
import { asTyped } from "./as-typed.ts";
import { UsageError } from "./usage.ts";

/** Options of `kindred serve` that say which models requests may load, by which names, and how long they stay. */
export const lifecycleFlags = {
  alias: { type: "string", multiple: true, default: [] as string[] },
  "keep-alive": { type: "string" },
  load: { type: "string", default: "listed" },
  state: { type: "string" },
  "no-state": { type: "boolean", default: false },
} as const;

export interface LifecycleFlags {
  readonly alias: readonly string[];
  readonly "keep-alive"?: string | undefined;
  readonly load: string;
  readonly state?: string | undefined;
  readonly "no-state": boolean;
  readonly data?: string | undefined;
}

/** What these flags mean. */
export interface Lifecycle extends Pick<KernelOptions, "aliases" | "keepAlive"> {
  readonly load: LoadPolicy;
  /** The file that keeps registered models and launches. Absent when they end with the process. */
  readonly state?: string;
}

/** `port` is a part of the file's name, so that servers side by side have one each. */
export function parseLifecycle(flags: LifecycleFlags, port: number): Lifecycle {
  const { "keep-alive": keepAlive } = flags;
  const state = stateFile(flags, port);
  return {
    aliases: parseAliases(flags.alias),
    load: parsePolicy(flags.load),
    ...(keepAlive !== undefined && { keepAlive: parseSeconds(keepAlive) }),
    ...(state !== undefined && { state }),
  };
}

/** The launches of the command line, and of those that are kept the others. */
export function withKept(launches: readonly Launch[], kept: readonly Launch[]): readonly Launch[] {
  const ids = new Set(launches.map(({ id }) => id));
  return [...launches, ...kept.filter(({ id }) => !ids.has(id))];
}

function parseAliases(texts: readonly string[]): Readonly<Record<string, string>> {
  const aliases = texts.map(parseAlias);
  const twice = aliases.find(([alias], i) => aliases.findIndex((each) => each[0] === alias) < i);
  if (!twice) return Object.fromEntries(aliases);
  throw new UsageError(`--alias ${twice[0]} is given twice. Give one of them another name.`);
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

function parseAlias(text: string): readonly [string, string] {
  const equals = text.indexOf("=");
  const [alias, id] = [text.slice(0, equals), text.slice(equals + 1)];
  if (equals > 0 && id !== "") return [alias, id];
  throw new UsageError(`--alias must be ALIAS=ID, as in gpt-image-1=sd-turbo, not "${text}".`);
}

function parseSeconds(text: string): number {
  try {
    return parseKeepAlive(text, "--keep-alive");
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function parsePolicy(text: string): LoadPolicy {
  if (text === "listed" || text === "cached" || text === "any") return text;
  throw new UsageError(`--load must be listed, cached or any, not "${text}".`);
}

/** A server on a port that is chosen anew each time has none, unless one is named. */
function stateFile(
  { state, "no-state": isOff, data = dataFolder() }: LifecycleFlags,
  port: number,
): string | undefined {
  if (isOff && state !== undefined)
    throw new UsageError("--state and --no-state exclude each other. Use one.");
  if (state === "") throw new UsageError("--state must be the path of a file, not empty.");
  if (isOff || (state === undefined && port === 0)) return undefined;
  return state ?? join(data, `state-${port}.json`);
}
