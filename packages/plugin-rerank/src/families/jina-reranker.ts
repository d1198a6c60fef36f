import { named } from "@kindred/text-encoders";
import type { RerankFamily } from "../family.ts";

/** Jina's cross-encoders of the first version. Later ones are other networks, in Python code that they bring. */
export const jinaReranker: RerankFamily = {
  name: "jina-reranker",
  match: named(/(^|[_-])jina-reranker-v1/i),
  defaults: {},
  checkpoints: ["tiny", "turbo"].map((size) => ({
    name: `jina-reranker-v1-${size}-en`,
    repo: `jinaai/jina-reranker-v1-${size}-en`,
    revision: "main",
    license: "Apache-2.0",
  })),
};
