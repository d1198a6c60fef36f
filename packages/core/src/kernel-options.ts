import type { Launch } from "./launch.ts";
import type { Plugin } from "./plugin.ts";
import type { Provider } from "./services.ts";

/**
 * Says how a model is launched which a request names and nobody has launched; undefined: it is not. Requests whose launches have
 * one `id` share the model, whatever they called it.
 */
export type OnDemand = (id: string) => Launch | undefined | Promise<Launch | undefined>;

/** The parts of a kernel. */
export interface KernelOptions {
  /** The last provider of a service wins. Their order has no part in which family serves a model. */
  readonly plugins: readonly Plugin[];
  /** Models to launch at once. Default: none. */
  readonly models?: readonly Launch[];
  /**
   * Further names of models, each with the id that it stands for: { "text-embedding-3-small": "bge" }. A launched model of that
   * name comes first. Default: none.
   */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Default: no request launches a model. */
  readonly onDemand?: OnDemand;
  /** `Launch.keepAlive` of launches that have none, in seconds. Default 300. */
  readonly keepAlive?: number;
  /**
   * Seconds that `createKernel` waits until each of `models` is loaded or failed. Those that take longer go on loading, and the
   * logger hears how it ends. Default 10.
   */
  readonly maxWait?: number;
  /** Replaces kernel services; outranks the plugins' own `provides`. Default: nothing. */
  readonly provides?: readonly Provider[];
  /** An application's own tsyringe container (typed by shape), of which the kernel uses a child. Default: none. */
  readonly container?: { createChildContainer(): object };
}
