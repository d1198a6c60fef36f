import { named } from "@kindred/text-encoders";
import type { EmbeddingFamily } from "../family.ts";

/**
 * Nomic's embeddings (Nussbaum et al. 2024, arXiv:2402.01613). Each text wants a prompt that says what its vector is for, and their
 * folders do not name the prompts.
 */
export const nomic: EmbeddingFamily = {
  name: "nomic",
  match: named(/(^|[_-])(nomic-embed-text|modernbert-embed)-/i),
  defaults: {
    pooling: "mean",
    normalize: true,
    prompts: {
      query: "search_query: ",
      passage: "search_document: ",
      classification: "classification: ",
      clustering: "clustering: ",
    },
  },
  checkpoints: [
    {
      name: "nomic-embed-text-v1",
      repo: "nomic-ai/nomic-embed-text-v1",
      revision: "main",
      license: "Apache-2.0",
    },
    {
      name: "nomic-embed-text-v1.5",
      repo: "nomic-ai/nomic-embed-text-v1.5",
      revision: "main",
      license: "Apache-2.0",
      defaults: { matryoshka: [768, 512, 256, 128, 64] },
    },
    {
      name: "modernbert-embed-base",
      repo: "nomic-ai/modernbert-embed-base",
      revision: "main",
      license: "Apache-2.0",
      defaults: { matryoshka: [768, 256] },
    },
  ],
};
