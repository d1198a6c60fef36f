import { existsSync } from "node:fs";
import { KernelError } from "../errors.ts";
import { cachedSnapshot } from "../hub/cached-snapshot.ts";
import type { OnDemand } from "../kernel-options.ts";
import type { Launch } from "../launch.ts";
import { sourceOf } from "./registry.ts";
import type { KnownModel } from "./registered-model.ts";
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

/**
 * The `onDemand` of a kernel. A request's id is never a path. All names of a published model mean one launch, under its own name.
 * Rejects with MODEL_NOT_FOUND, and what to do, for a published model that the policy leaves out.
 */
export function launchOnDemand({
  registry,
  policy = "listed",
  env = process.env,
}: OnDemandOptions): OnDemand {
  return async (id) => {
    const known = registry.find(id);
    if (known && !known.checkpoint) return launchOf(known.name, known);
    if (policy === "listed") return refuseKnown(id, known, launchIt);
    // Where a name is also a path, sources take the path, which no request may name.
    const name = existsSync(id) ? undefined : registry.repository(id);
    if (name === undefined) return undefined;
    const isCached = policy === "cached";
    const source = isCached ? await cachedSnapshot(name, registry.hub, env) : sourceOf(name);
    if (source === undefined) return refuseKnown(id, known, fetchIt);
    return { id: known?.name ?? id, source };
  };
}

const launchIt = "Launch it, or start the server with --load any";
const fetchIt = "Fetch it by kindred pull, or start the server with --load any";

/** MODEL_NOT_FOUND for a published model that the policy leaves out; undefined for a name that is none. */
function refuseKnown(id: string, known: KnownModel | undefined, advice: string): undefined {
  if (!known) return undefined;
  const message = `"${id}" is known, and not launched. ${advice}.`;
  throw new KernelError("MODEL_NOT_FOUND", message, { param: "model" });
}

/** The launch of a registered model. */
export function launchOf(id: string, { source, family, options }: KnownModel): Launch {
  return { id, source, ...(family && { family }), ...(options && { options }) };
}
