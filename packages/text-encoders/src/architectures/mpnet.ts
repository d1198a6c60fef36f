import { validatedNow } from "@kindred/core";
import * as z from "zod";
import { mpnetGraph, mpnetPadding } from "../graphs/mpnet.ts";
import type { MpnetConfig } from "../graphs/mpnet.ts";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { encoderConfig, isPlainEncoder, variantFields } from "./encoder-config.ts";

/** MPNet's encoder (Song et al. 2020, arXiv:2004.09297), as `MPNetModel` of transformers has it. */
export const mpnet: Architecture = {
  name: "mpnet",

  matches: (config) => config.model_type === "mpnet" && isPlainEncoder(config),

  differing: variantFields,

  read(config) {
    const { hidden_size, max_position_embeddings, vocab_size } = mpnetConfig(config);
    return {
      dimensions: hidden_size,
      maxTokens: max_position_embeddings - mpnetPadding - 1,
      vocabularySize: vocab_size,
    };
  },

  graph: (config, weights, head) => mpnetGraph(mpnetConfig(config), weights, head),
};

const schema = z.object({
  // transformers spreads distances over 32 buckets, however many rows the table has.
  relative_attention_num_buckets: z.literal(32).default(32),
  max_position_embeddings: z.int().min(mpnetPadding + 2),
});

function mpnetConfig(config: ModelConfig): MpnetConfig {
  const sizes = encoderConfig(config, "MPNet");
  const what = "config.json is no MPNet encoder's";
  return { ...sizes, ...validatedNow(schema, config, { code: "LOAD_FAILED", what }) };
}
