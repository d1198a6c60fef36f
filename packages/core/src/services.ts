import type { DeviceAllocator } from "./device.ts";
import type { GraphRuntime } from "./graph.ts";
import type { Logger } from "./logger.ts";
import type { ModelSource } from "./model-source.ts";

/** Names a kernel service. `key` is an ordinary tsyringe injection token. */
export interface Token<T> {
  readonly key: symbol;
  readonly "~type"?: T;
}

/** Makes a kernel service once, at its first use; the kernel disposes what it made, last made first. */
export interface Provider<T = any> {
  readonly token: Token<T>;
  readonly create: (get: <S>(token: Token<S>) => S) => T;
}

/** A token is equal to any other of its name, so duplicate copies of a package agree. */
export function token<T>(name: string): Token<T> {
  return { key: Symbol.for(`kindred:${name}`) };
}

export function provide<T>(token: Token<T>, create: Provider<T>["create"]): Provider<T> {
  return { token, create };
}

/** Which graph may take how much of which device. Default: a byte budget per device. */
export const deviceAllocator: Token<DeviceAllocator> = token("device-allocator");
/** Opens graphs. Default: a child process for each open graph. */
export const graphRuntime: Token<GraphRuntime> = token("graph-runtime");
/** Turns a launch's `source` into a folder. Default: a path as it is. */
export const modelSource: Token<ModelSource> = token("model-source");
/** Default: silent. */
export const logger: Token<Logger> = token("logger");
