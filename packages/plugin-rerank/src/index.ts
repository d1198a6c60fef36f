import type { Plugin } from "@kindred/core";
import { detokenize, tokenize } from "@kindred/text-encoders";
import { rerank as endpoint } from "./endpoint.ts";
import { bgeReranker } from "./families/bge-reranker.ts";
import { crossEncoder } from "./families/cross-encoder.ts";
import { jinaReranker } from "./families/jina-reranker.ts";
import { msMarco } from "./families/ms-marco.ts";
import { mxbaiRerank } from "./families/mxbai-rerank.ts";
import { asModelFamily } from "./family.ts";

export { asModelFamily } from "./family.ts";
export type { RerankCheckpoint, RerankDefaults, RerankFamily, RerankOptions } from "./family.ts";
export type { Activation } from "./folder/activation.ts";
export { rerankTask } from "./task.ts";
export type { RankedDocument, Ranking, RerankRequest } from "./task.ts";

/**
 * Ranks documents by a query with cross-encoders: BERT- and RoBERTa-type checkpoints, and ONNX exports of any, behind
 * `POST /v1/rerank`.
 */
export function rerank(): Plugin {
  return {
    contract: 1,
    name: "rerank",
    families: [bgeReranker, msMarco, mxbaiRerank, jinaReranker, crossEncoder].map(asModelFamily),
    endpoints: [endpoint, tokenize, detokenize],
  };
}
export default rerank;
