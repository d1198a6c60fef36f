import type { OnDemand } from "@kindred/core";
import type { ModelRegistry } from "@kindred/core/registry";
import type Koa from "koa";

/** Options of the routes that launch, change, unload and register models. */
export interface LifecycleOptions {
  /** The models that can be launched by name. It keeps what is launched here. */
  readonly registry: ModelRegistry;
  /** The kernel's `onDemand`, so that a model which a request would launch is described too. Default: none is. */
  readonly onDemand?: OnDemand;
  /** The variables that say where the hub's cache is. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Whether a request may launch, change, unload and register models, and see the cache. Default: one with an administrator's key,
   * where `keys` have any, and otherwise one over loopback that came through no proxy.
   */
  readonly allow?: (ctx: Koa.Context) => boolean;
}
