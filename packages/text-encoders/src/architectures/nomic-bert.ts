import { validatedNow } from "@kindred/core";
import * as z from "zod";
import {
  count,
  maxHeads,
  maxLayers,
  maxPositions,
  maxTypes,
  maxVocabulary,
  maxWidth,
} from "../folder/count.ts";
import { nomicBertGraph } from "../graphs/nomic-bert.ts";
import type { NomicBertConfig } from "../graphs/nomic-bert.ts";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { plainRope, theta } from "./rope.ts";
import { toldBy } from "./told-by.ts";

const published = "modeling_hf_nomic_bert.NomicBertModel";

const no = z.literal(false).nullish();
const none = z.union([z.null(), z.literal(0)]).optional();

/** Refuses what the author's code does otherwise when a setting says so: mixtures of experts (v2), biases, stretched positions. */
const encoder = z.object({
  activation_function: z.literal("swiglu").nullish(),
  causal: no,
  mlp_fc1_bias: no,
  mlp_fc2_bias: no,
  moe_every_n_layers: z.number().max(0).nullish(),
  prenorm: no,
  parallel_block: no,
  qkv_proj_bias: no,
  rope_parameters: plainRope.nullish(),
  rotary_emb_fraction: z.literal(1).nullish(),
  rotary_emb_interleaved: no,
  rotary_emb_scale_base: none,
  rotary_scaling_factor: none,
  use_rms_norm: no,
});

/**
 * nomic-bert's encoder (Nussbaum et al. 2024, arXiv:2402.01613), as `NomicBertModel` of transformers has it. The code that its
 * checkpoints name computes the same, and is never run.
 */
export const nomicBert: Architecture = {
  ...toldBy("nomic_bert", encoder, published),

  read(config) {
    const { hidden_size, positions, vocab_size } = nomicBertConfig(config);
    return { dimensions: hidden_size, maxTokens: positions, vocabularySize: vocab_size };
  },

  graph: (config, weights, head, options) =>
    nomicBertGraph(nomicBertConfig(config), weights, head, options),
};

const schema = encoder
  .extend({
    vocab_size: count(maxVocabulary),
    hidden_size: count(maxWidth),
    num_hidden_layers: count(maxLayers),
    num_attention_heads: count(maxHeads),
    intermediate_size: count(maxWidth),
    hidden_act: z.string().default("silu"),
    n_positions: count(maxPositions).optional(),
    max_position_embeddings: count(maxPositions).default(2048),
    type_vocab_size: count(maxTypes).default(2),
    layer_norm_eps: z.number().positive().default(1e-12),
    rotary_emb_base: theta.default(1000),
  })
  .refine((config) => config.hidden_size % (2 * config.num_attention_heads) === 0, {
    path: ["num_attention_heads"],
    error: "hidden_size divided by it is no even number",
  });

/** The author's names of what transformers calls otherwise. Newer configs have both. */
const authors = {
  hidden_size: "n_embd",
  num_hidden_layers: "n_layer",
  num_attention_heads: "n_head",
  intermediate_size: "n_inner",
  layer_norm_eps: "layer_norm_epsilon",
} as const;

function nomicBertConfig(config: ModelConfig): NomicBertConfig & { readonly positions: number } {
  const named = Object.entries(authors).map(([name, author]) => [
    name,
    config[name] ?? config[author],
  ]);
  const sound = validatedNow(
    schema,
    { ...config, ...Object.fromEntries(named) },
    {
      code: "LOAD_FAILED",
      what: "config.json is no nomic-bert encoder's",
    },
  );
  return {
    ...sound,
    // A model turns any position. max_position_embeddings are those that it was trained with, and fewer.
    positions: sound.n_positions ?? sound.max_position_embeddings,
    rope_theta: sound.rope_parameters?.rope_theta ?? sound.rotary_emb_base,
  };
}
