import type { Endpoint } from "./endpoint.ts";
import type { ModelFamily } from "./family.ts";
import type { Provider } from "./services.ts";

/** A plain object. Needs these types only; no class, decorator or container. */
export interface Plugin {
  /** The contract this was written against, as a literal in the author's source: a helper would stamp the installed one. */
  readonly contract: 1;
  /** kebab-case, unique in a kernel. */
  readonly name: string;
  readonly families?: readonly ModelFamily<any, any, any>[];
  readonly endpoints?: readonly Endpoint<any, any>[];
  /** Replaces kernel services; the last one wins. */
  readonly provides?: readonly Provider[];
}
