import type { Endpoint } from "./endpoint.ts";
import type { ModelFamily } from "./family.ts";
import type { Provider } from "./services.ts";

/** Families, endpoints and services that a package adds to a kernel. A plain object that needs these types only. */
export interface Plugin {
  /** The contract that the plugin was written against: a literal in its author's source, since a helper would give the installed one. */
  readonly contract: 1;
  /** kebab-case, unique in a kernel. */
  readonly name: string;
  /** Default: none. */
  readonly families?: readonly ModelFamily<any, any, any>[];
  /** Several plugins may bring one and the same, such as that of a side task which the families of each do. Default: none. */
  readonly endpoints?: readonly Endpoint<any, any>[];
  /** Services of its own, or in place of the kernel's. The last provider of a token wins. Default: none. */
  readonly provides?: readonly Provider[];
}
