import { named } from "@kindred/text-encoders";
import type { EmbeddingFamily } from "../family.ts";

/**
 * Qwen3 Embedding (Zhang et al. 2025, arXiv:2506.05176). A query wants an instruction, which a client may word for its own task and send
 * with the text instead; passages want none.
 */
export const qwen3Embedding: EmbeddingFamily = {
  name: "qwen3-embedding",
  match: named(/(^|[_-])qwen3-embedding-/i),
  defaults: {
    pooling: "lasttoken",
    normalize: true,
    prompts: {
      query:
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:",
      document: "",
    },
    matryoshka: true,
  },
  checkpoints: [
    {
      name: "qwen3-embedding-0.6b",
      repo: "Qwen/Qwen3-Embedding-0.6B",
      revision: "main",
      modelscope: { repo: "Qwen/Qwen3-Embedding-0.6B" },
      license: "Apache-2.0",
    },
    {
      name: "qwen3-embedding-4b",
      repo: "Qwen/Qwen3-Embedding-4B",
      revision: "main",
      modelscope: { repo: "Qwen/Qwen3-Embedding-4B" },
      license: "Apache-2.0",
    },
    {
      name: "qwen3-embedding-8b",
      repo: "Qwen/Qwen3-Embedding-8B",
      revision: "main",
      modelscope: { repo: "Qwen/Qwen3-Embedding-8B" },
      license: "Apache-2.0",
    },
  ],
};
