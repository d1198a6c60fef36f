import { existsSync } from "node:fs";
import { cachedSnapshot } from "../hub/cached-snapshot.ts";
import type { KernelOptions } from "../kernel.ts";
import type { Launch } from "../launch.ts";
import { sourceOf } from "./registry.ts";
import type { ModelRegistry } from "./registry.ts";

/**
 * The models that a request launches by naming them.
 *
 * - "listed": registered ones.
 * - "cached": also published ones and repositories whose files are in the hub's cache. Nothing is downloaded.
 * - "any": also all other published ones, and all repositories "owner/name". They are downloaded.
 */
export type LoadPolicy = "listed" | "cached" | "any";

export interface OnDemandOptions {
  readonly registry: ModelRegistry;
  /** Default "listed". */
  readonly policy?: LoadPolicy;
  /** The variables that say where the cache is. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The `onDemand` of a kernel. A request's id is never a path. */
export function launchOnDemand({
  registry,
  policy = "listed",
  env = process.env,
}: OnDemandOptions): NonNullable<KernelOptions["onDemand"]> {
  return async (id) => {
    const known = registry.find(id);
    if (known && !known.checkpoint) return launchOf(id, known);
    if (policy === "listed") return undefined;
    // Where a name is also a path, sources take the path, which no request may name.
    const name = existsSync(id) ? undefined : registry.repository(id);
    if (name === undefined) return undefined;
    const isCached = policy === "cached";
    const source = isCached ? await cachedSnapshot(name, registry.hub, env) : sourceOf(name);
    return source === undefined ? undefined : { id, source };
  };
}

/** The launch of a registered model. */
export function launchOf(
  id: string,
  { source, family, options }: ReturnType<ModelRegistry["find"]> & object,
): Launch {
  return { id, source, ...(family && { family }), ...(options && { options }) };
}
