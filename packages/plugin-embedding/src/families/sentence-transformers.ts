import type { EmbeddingFamily } from "../family.ts";
import { transformerPath } from "../folder/modules.ts";
import { isTextEncoder } from "../folder/recognition.ts";

/** Any other text encoder, as sentence-transformers reads it. A folder for its Transformer says so, even when that holds none. */
export const sentenceTransformers: EmbeddingFamily = {
  name: "sentence-transformers",
  match: (model) => (isTextEncoder(model) || transformerPath(model) !== "") && "able",
  pooling: "mean",
  normalize: false,
};
