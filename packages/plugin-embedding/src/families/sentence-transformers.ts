import { isBertEncoder } from "../bert-folder.ts";
import type { EmbeddingFamily } from "../family.ts";
import { bert } from "../graphs/bert.ts";

/** Any other BERT-type folder, as sentence-transformers reads it. */
export const sentenceTransformers: EmbeddingFamily = {
  name: "sentence-transformers",
  match: (model) => isBertEncoder(model) && "able",
  graph: bert,
  pooling: "mean",
  normalize: false,
};
