import type { RerankFamily } from "../family.ts";

/** Any other cross-encoder of one label, as sentence-transformers reads it. */
export const crossEncoder: RerankFamily = {
  name: "cross-encoder",
  match: () => "able",
  defaults: {},
};
