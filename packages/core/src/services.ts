import type { DeviceAllocator } from "./device.ts";
import type { GraphRuntime } from "./graph.ts";
import type { Logger } from "./logger.ts";
import type { ModelSource } from "./model-source.ts";

/** Names a kernel service. `key` is an ordinary tsyringe injection token. */
export interface Token<T> {
  readonly key: symbol;
  /** The service where nobody provides one. Default: PLUGIN_INVALID. */
  readonly fallback?: T;
  /** Carries the type; never set. */
  readonly "~type"?: T;
}

/** Makes a kernel service once, at its first use. The kernel disposes what it made, last made first. */
export interface Provider<T = any> {
  readonly token: Token<T>;
  /** Makes the service synchronously. `get` gives other services; PLUGIN_INVALID when they need each other in a circle. */
  readonly create: (get: <S>(token: Token<S>) => S) => T;
}

/** Makes a token. It equals any other of the same name, so duplicate copies of a package agree. */
export function token<T>(name: string, fallback?: T): Token<T> {
  return { key: Symbol.for(`kindred:${name}`), ...(fallback !== undefined && { fallback }) };
}

/** Makes a provider, for `KernelOptions.provides` or `Plugin.provides`. */
export function provide<T>(token: Token<T>, create: Provider<T>["create"]): Provider<T> {
  return { token, create };
}

/** Counts the memory of devices. Default: `budgetAllocator()`, a byte budget per device. */
export const deviceAllocator: Token<DeviceAllocator> = token("device-allocator");
/** Opens graphs. Default: `processRuntime()`, a child process for each open graph. */
export const graphRuntime: Token<GraphRuntime> = token("graph-runtime");
/** Finds models. Default: `folderSource`, which takes a launch's `source` as a path. */
export const modelSource: Token<ModelSource> = token("model-source");
/** Takes what the kernel and its plugins have to say. Default: `silent`. */
export const logger: Token<Logger> = token("logger");
