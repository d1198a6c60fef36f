import type { EmbeddingFamily } from "../family.ts";
import { bert } from "../graphs/bert.ts";
import { bertNamed } from "../folder/recognition.ts";

/** Embeddings from bidirectional encoder representations (Wang et al. 2022, arXiv:2212.03533). */
export const e5: EmbeddingFamily = {
  name: "e5",
  match: bertNamed(/(^|[/_-])e5-/i),
  graph: bert,
  pooling: "mean",
  normalize: true,
  prompts: { query: "query: ", passage: "passage: " },
  checkpoints: [
    {
      name: "e5-large-v2",
      repo: "intfloat/e5-large-v2",
      revision: "b322e09026e4ea05f42beadf4d661fb4e101d311",
      license: "MIT",
    },
  ],
};
