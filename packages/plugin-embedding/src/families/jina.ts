import { named } from "@kindred/text-encoders";
import type { EmbeddingFamily } from "../family.ts";

/**
 * Jina Embeddings 2 (Günther et al. 2023, arXiv:2310.19923). Queries and passages are embedded alike. Models of the name that came
 * before and after are other networks and do not belong to it.
 */
export const jina: EmbeddingFamily = {
  name: "jina",
  match: named(/(^|[_-])jina-(embeddings-v2|bert)-/i),
  defaults: { pooling: "mean", normalize: true, prompts: { query: "", passage: "" } },
  checkpoints: [
    {
      name: "jina-embeddings-v2-base-en",
      repo: "jinaai/jina-embeddings-v2-base-en",
      revision: "7302ac470bed880590f9344bfeee32ff8722d0e5",
      modelscope: { repo: "Xorbits/jina-embeddings-v2-base-en", revision: "v0.0.1" },
      license: "Apache-2.0",
    },
    {
      name: "jina-embeddings-v2-small-en",
      repo: "jinaai/jina-embeddings-v2-small-en",
      revision: "b811f03af3d4d7ea72a7c25c802b21fc675a5d99",
      modelscope: { repo: "Xorbits/jina-embeddings-v2-small-en", revision: "v0.0.1" },
      license: "Apache-2.0",
    },
  ],
};
