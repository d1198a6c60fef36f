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
import { qwen3Graph } from "../graphs/qwen3.ts";
import type { Qwen3Config } from "../graphs/qwen3.ts";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { encoderFacts } from "./encoder-facts.ts";
import { plainRope, theta } from "./rope.ts";
import { toldBy } from "./told-by.ts";

/** Refuses positions that are stretched, and layers that do not see the whole text. */
const encoder = z.object({
  layer_types: z.array(z.literal("full_attention")).nullish(),
  rope_parameters: plainRope.nullish(),
  rope_scaling: z.null().optional(),
  use_sliding_window: z.literal(false).nullish(),
});

/** Qwen3's decoder without its head for words (Yang et al. 2025, arXiv:2505.09388), as `Qwen3Model` of transformers has it. */
export const qwen3: Architecture = {
  ...toldBy("qwen3", encoder),

  read: (config) => encoderFacts(qwen3Config(config)),

  graph: (config, weights, head) => qwen3Graph(qwen3Config(config), weights, head),
};

/** Numbers of one head; published decoders have 128. */
const maxSize = 4096;

const schema = encoder
  .extend({
    vocab_size: count(maxVocabulary),
    hidden_size: count(maxWidth),
    num_hidden_layers: count(maxLayers),
    num_attention_heads: count(maxHeads),
    num_key_value_heads: count(maxHeads).nullish(),
    head_dim: count(maxSize).multipleOf(2).default(128),
    intermediate_size: count(maxWidth),
    hidden_act: z.string().default("silu"),
    attention_bias: z.boolean().default(false),
    max_position_embeddings: count(maxPositions),
    rms_norm_eps: z.number().positive().default(1e-6),
    rope_theta: theta.default(10_000),
  })
  .refine((config) => config.num_attention_heads % (config.num_key_value_heads ?? 1) === 0, {
    path: ["num_key_value_heads"],
    error: "num_attention_heads is no multiple of it",
  });

function qwen3Config(
  config: ModelConfig,
): Qwen3Config & { readonly max_position_embeddings: number } {
  const sound = validatedNow(schema, config, {
    code: "LOAD_FAILED",
    what: "config.json is no Qwen3's",
  });
  return {
    ...sound,
    num_key_value_heads: sound.num_key_value_heads ?? sound.num_attention_heads,
    rope_theta: sound.rope_parameters?.rope_theta ?? sound.rope_theta,
  };
}
