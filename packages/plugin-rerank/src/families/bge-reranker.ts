import { named } from "@kindred/text-encoders";
import type { RerankFamily } from "../family.ts";

/** BAAI's cross-encoders over XLM-RoBERTa (Xiao et al. 2023, arXiv:2309.07597). */
export const bgeReranker: RerankFamily = {
  name: "bge-reranker",
  match: named(/(^|[_-])bge-reranker/i),
  defaults: {},
  checkpoints: [
    {
      name: "bge-reranker-base",
      repo: "BAAI/bge-reranker-base",
      revision: "465b4b7ddf2be0a020c8ad6e525b9bb1dbb708ae",
      modelscope: { repo: "Xorbits/bge-reranker-base", revision: "v0.0.1" },
      license: "MIT",
    },
    {
      name: "bge-reranker-large",
      repo: "BAAI/bge-reranker-large",
      revision: "27c9168d479987529781de8474dff94d69beca11",
      modelscope: { repo: "Xorbits/bge-reranker-large", revision: "v0.0.1" },
      license: "MIT",
    },
    {
      name: "bge-reranker-v2-m3",
      repo: "BAAI/bge-reranker-v2-m3",
      revision: "12e974610ba9083ed95f3edf08d7e899581f4de4",
      modelscope: { repo: "AI-ModelScope/bge-reranker-v2-m3" },
      license: "Apache-2.0",
    },
  ],
};
