import type { EmbeddingFamily } from "../family.ts";

/** Any other text encoder, as sentence-transformers reads it. */
export const sentenceTransformers: EmbeddingFamily = {
  name: "sentence-transformers",
  match: () => "able",
  defaults: { pooling: "mean", normalize: false },
};
