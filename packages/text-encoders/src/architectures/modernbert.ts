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
import { modernBertGraph } from "../graphs/modernbert.ts";
import type { ModernBertConfig } from "../graphs/modernbert.ts";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { encoderFacts } from "./encoder-facts.ts";
import { plainRope, theta } from "./rope.ts";
import { toldBy } from "./told-by.ts";

/** Refuses positions that are stretched. */
const encoder = z.object({
  rope_scaling: z.null().optional(),
  rope_parameters: z
    .object({ full_attention: plainRope.nullish(), sliding_attention: plainRope.nullish() })
    .nullish(),
});

/** ModernBERT's encoder (Warner et al. 2024, arXiv:2412.13663), as `ModernBertModel` of transformers has it. */
export const modernBert: Architecture = {
  ...toldBy("modernbert", encoder),

  read: (config) => encoderFacts(modernBertConfig(config)),

  graph: (config, weights, head) => modernBertGraph(modernBertConfig(config), weights, head),
};

const schema = encoder
  .extend({
    vocab_size: count(maxVocabulary),
    hidden_size: count(maxWidth),
    num_hidden_layers: count(maxLayers),
    num_attention_heads: count(maxHeads),
    intermediate_size: count(maxWidth),
    hidden_activation: z.string().default("gelu"),
    max_position_embeddings: count(maxPositions),
    norm_eps: z.number().positive().default(1e-5),
    norm_bias: z.boolean().default(false),
    attention_bias: z.boolean().default(false),
    mlp_bias: z.boolean().default(false),
    local_attention: count(maxPositions).min(2).default(128),
    global_attn_every_n_layers: count(maxLayers).default(3),
    layer_types: z.array(z.enum(["full_attention", "sliding_attention"])).nullish(),
    global_rope_theta: theta.default(160_000),
    local_rope_theta: theta.default(10_000),
  })
  .refine((config) => config.hidden_size % (2 * config.num_attention_heads) === 0, {
    path: ["num_attention_heads"],
    error: "hidden_size divided by it is no even number",
  })
  .refine(
    ({ layer_types, num_hidden_layers: layers }) => (layer_types?.length ?? layers) === layers,
    {
      path: ["layer_types"],
      error: "it has not as many as num_hidden_layers",
    },
  );

/** The config, with the kind of each layer and its base from wherever this version of transformers wrote them. */
function modernBertConfig(
  config: ModelConfig,
): ModernBertConfig & { readonly max_position_embeddings: number } {
  const sound = validatedNow(schema, config, {
    code: "LOAD_FAILED",
    what: "config.json is no ModernBERT encoder's",
  });
  const { num_hidden_layers, global_attn_every_n_layers: every, rope_parameters: ropes } = sound;
  const layers = Array.from({ length: num_hidden_layers }, (_, layer) =>
    layer % every === 0 ? ("full_attention" as const) : ("sliding_attention" as const),
  );
  return {
    ...sound,
    layer_types: sound.layer_types ?? layers,
    rope_theta: {
      full_attention: ropes?.full_attention?.rope_theta ?? sound.global_rope_theta,
      sliding_attention: ropes?.sliding_attention?.rope_theta ?? sound.local_rope_theta,
    },
  };
}
