import { sep } from "node:path";
import { KernelError } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { cachedModels, isSameRepo, removeCached } from "@kindred/core/hub";
import type { CachedModel } from "@kindred/core/hub";
import type { ModelRegistry } from "@kindred/core/registry";
import type Koa from "koa";
import type { Handler } from "../exchange.ts";

export interface CacheOptions {
  readonly kernel: Kernel;
  readonly registry: ModelRegistry;
  /** The variables that say where the hub's cache is. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
}

/** GET /v1/cache/models: the repositories in the hub's cache, `?model_name=` those of a name. */
export function listCached({ registry, env }: CacheOptions): Handler {
  return async (ctx) => {
    const name = textOf(ctx, "model_name");
    const all = await cachedModels(env, registry.hub);
    const list = all.map((model) => describe(model, registry));
    ctx.body = {
      list: list.filter(
        (each) => name === undefined || [each.model_name, each.repo].includes(name),
      ),
    };
  };
}

/** GET /v1/cache/models/files?model_version=NAME: the folders that removing the model removes. */
export function listCachedFiles(options: CacheOptions): Handler {
  return async (ctx) => {
    const version = versionOf(ctx);
    const found = await find(version, options);
    ctx.body = { model_version: version, worker_ip: null, paths: found ? [found.folder] : [] };
  };
}

/** DELETE /v1/cache/models?model_version=NAME: removes it. INVALID_INPUT while it is launched, MODEL_NOT_FOUND. */
export function removeCachedModel(options: CacheOptions): Handler {
  const { kernel, registry, env } = options;
  return async (ctx) => {
    const version = versionOf(ctx);
    const found = await find(version, options);
    if (!found) throw notCached(version);
    const isFound = (source: string): boolean => {
      const isPath = source.startsWith(`${found.folder}${sep}`);
      return isPath || registry.repository(source)?.repo === found.repo;
    };
    const user = kernel
      .models()
      .find(({ source = "", attached = [] }) => [source, ...attached].some(isFound));
    if (user) {
      const message = `${found.repo} is in use by "${user.id}". Terminate that first.`;
      throw new KernelError("INVALID_INPUT", message, { param: "model_version" });
    }
    const removed = await removeCached(found.repo, undefined, env, registry.hub);
    ctx.body = { result: removed !== undefined, bytes: removed?.bytes ?? 0 };
  };
}

async function find(
  version: string,
  { registry, env }: CacheOptions,
): Promise<CachedModel | undefined> {
  const repo = registry.repository(version)?.repo ?? version;
  const all = await cachedModels(env, registry.hub);
  return all.find((each) => isSameRepo(each.repo, repo));
}

/** `model_name` is the published model's, or else the repository's. */
function describe({ repo, folder, revisions, bytes }: CachedModel, registry: ModelRegistry) {
  const known = registry.find(repo);
  return {
    model_name: known?.name ?? repo,
    model_version: repo,
    repo,
    model_type: known?.task ?? null,
    revisions: revisions.map(({ commit, refs }) => ({ commit, refs })),
    bytes,
    is_whole: revisions.some(({ isWhole }) => isWhole),
    path: folder,
    actor_ip_address: "localhost",
  };
}

function versionOf(ctx: Koa.Context): string {
  const version = textOf(ctx, "model_version");
  if (version !== undefined) return version;
  const message = "model_version must be a model's name, or OWNER/NAME.";
  throw new KernelError("INVALID_INPUT", message, { param: "model_version" });
}

function textOf(ctx: Koa.Context, name: string): string | undefined {
  const value = ctx.query[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function notCached(version: string): KernelError {
  const message = `"${version}" is not in the cache. GET /v1/cache/models lists what is.`;
  return new KernelError("MODEL_NOT_FOUND", message, { param: "model_version" });
}
