import { validatedNow } from "@kindred/core";
import * as z from "zod";
import {
  count,
  maxHeads,
  maxLayers,
  maxPositions,
  maxVocabulary,
  maxWidth,
} from "../folder/count.ts";
import { distilbertGraph } from "../graphs/distilbert.ts";
import type { DistilbertConfig } from "../graphs/distilbert.ts";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { plainEncoder } from "./encoder-config.ts";
import { toldBy } from "./told-by.ts";

/** DistilBERT's encoder (Sanh et al. 2019, arXiv:1910.01108), as `DistilBertModel` of transformers has it. */
export const distilbert: Architecture = {
  ...toldBy("distilbert", plainEncoder),

  read(config) {
    const { dim, max_position_embeddings, vocab_size } = distilbertConfig(config);
    return { dimensions: dim, maxTokens: max_position_embeddings, vocabularySize: vocab_size };
  },

  graph: (config, weights, head) => distilbertGraph(distilbertConfig(config), weights, head),
};

const schema = z
  .object({
    vocab_size: count(maxVocabulary),
    dim: count(maxWidth),
    n_layers: count(maxLayers),
    n_heads: count(maxHeads),
    hidden_dim: count(maxWidth),
    activation: z.string().default("gelu"),
    max_position_embeddings: count(maxPositions),
  })
  .refine((config) => config.dim % config.n_heads === 0, {
    path: ["n_heads"],
    error: "dim is no multiple of it",
  });

function distilbertConfig(config: ModelConfig): DistilbertConfig {
  return validatedNow(schema, config, {
    code: "LOAD_FAILED",
    what: "config.json is no DistilBERT encoder's",
  });
}
