import { named } from "@kindred/text-encoders";
import type { EmbeddingFamily } from "../family.ts";

/**
 * Embeddings from bidirectional encoder representations (Wang et al. 2022, arXiv:2212.03533, and 2024, arXiv:2402.05672).
 * Models tuned to follow instructions have other prompts and do not belong to it.
 */
export const e5: EmbeddingFamily = {
  name: "e5",
  match: named(/(^|[_-])e5-(?!.*instruct)/i),
  defaults: {
    pooling: "mean",
    normalize: true,
    prompts: { query: "query: ", passage: "passage: " },
  },
  checkpoints: [
    {
      name: "e5-large-v2",
      repo: "intfloat/e5-large-v2",
      revision: "b322e09026e4ea05f42beadf4d661fb4e101d311",
      modelscope: { repo: "Xorbits/e5-large-v2", revision: "v0.0.1" },
      license: "MIT",
    },
    {
      name: "multilingual-e5-large",
      repo: "intfloat/multilingual-e5-large",
      revision: "c505dce3578a12ec54e47bdc72bef5cd0eacb085",
      modelscope: { repo: "Xorbits/multilingual-e5-large", revision: "v0.0.1" },
      license: "MIT",
    },
  ],
};
