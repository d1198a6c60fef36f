import type { EmbeddingFamily } from "../family.ts";
import { bert } from "../graphs/bert.ts";
import { isBertEncoder, isExportedEncoder } from "../folder/recognition.ts";

/** Any other BERT-type folder, and any text encoder that was exported to ONNX, as sentence-transformers reads them. */
export const sentenceTransformers: EmbeddingFamily = {
  name: "sentence-transformers",
  match: (model) => (isBertEncoder(model) || isExportedEncoder(model)) && "able",
  graph: bert,
  pooling: "mean",
  normalize: false,
};
