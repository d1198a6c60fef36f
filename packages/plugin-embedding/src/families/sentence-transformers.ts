import type { EmbeddingFamily } from "../family.ts";
import { isTextEncoder } from "../folder/recognition.ts";

/** Any other text encoder, as sentence-transformers reads it. */
export const sentenceTransformers: EmbeddingFamily = {
  name: "sentence-transformers",
  match: (model) => isTextEncoder(model) && "able",
  pooling: "mean",
  normalize: false,
};
