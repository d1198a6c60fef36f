import type { Plugin } from "@kindred/core";
import { detokenize, tokenize } from "@kindred/text-encoders";
import { embeddings } from "./endpoint.ts";
import { bge } from "./families/bge.ts";
import { e5 } from "./families/e5.ts";
import { gte } from "./families/gte.ts";
import { jina } from "./families/jina.ts";
import { nomic } from "./families/nomic.ts";
import { qwen3Embedding } from "./families/qwen3-embedding.ts";
import { sentenceTransformers } from "./families/sentence-transformers.ts";
import { asModelFamily } from "./family.ts";

export { asModelFamily } from "./family.ts";
export type {
  EmbeddingCheckpoint,
  EmbeddingDefaults,
  EmbeddingFamily,
  EmbeddingOptions,
} from "./family.ts";
export type { Pooling, PoolingMode } from "./graphs/pooling.ts";
export type { Matryoshka } from "./pipeline.ts";
export type { Prompts } from "@kindred/text-encoders";
export type { EmbeddingKind, LexicalWeights } from "./kinds/embedding-kind.ts";
export type { OutputType, Vector } from "./quantization/output-type.ts";
export type { Ranges } from "./quantization/ranges.ts";
export { embeddingTask } from "./task.ts";
export type { EmbeddingRequest, Embeddings } from "./task.ts";

/** Embeds texts with checkpoints of many architectures, and with ONNX exports of any text encoder, behind `POST /v1/embeddings`. Its models also tell tokens. */
export function embedding(): Plugin {
  return {
    contract: 1,
    name: "embedding",
    families: [bge, e5, gte, jina, nomic, qwen3Embedding, sentenceTransformers].map(asModelFamily),
    endpoints: [embeddings, tokenize, detokenize],
  };
}
export default embedding;
