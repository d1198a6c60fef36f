import { named } from "@kindred/text-encoders";
import type { EmbeddingFamily } from "../family.ts";

/**
 * General text embeddings (Li et al. 2023, arXiv:2308.03281). Queries and passages are embedded alike. Later models of the
 * name (v1.5, multilingual, ModernBERT, Qwen2) pool otherwise and do not belong to it, but for gte-modernbert-base, which pools the first token.
 */
export const gte: EmbeddingFamily = {
  name: "gte",
  match: named(/(^|[_-])gte-(?!.*(v1\.5|multilingual|modernbert(?!-base$)|qwen))/i),
  defaults: { pooling: "mean", normalize: true, prompts: { query: "", passage: "" } },
  checkpoints: [
    {
      name: "gte-base",
      repo: "thenlper/gte-base",
      revision: "792749e8178be77f479b26788a0e1adb4ec9c8a9",
      modelscope: { repo: "Xorbits/gte-base", revision: "v0.0.1" },
      license: "MIT",
    },
    {
      name: "gte-large",
      repo: "thenlper/gte-large",
      revision: "2b5163b62ed28492dc70eb19a882b71c81dbc7c8",
      modelscope: { repo: "Xorbits/gte-large", revision: "v0.0.1" },
      license: "MIT",
    },
    {
      name: "gte-modernbert-base",
      repo: "Alibaba-NLP/gte-modernbert-base",
      revision: "main",
      license: "Apache-2.0",
      defaults: { pooling: "cls" },
    },
  ],
};
