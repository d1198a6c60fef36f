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
import type { BertConfig } from "../graphs/bert.ts";
import type { ModelConfig } from "./architecture.ts";

/** Settings of encoders with a table of positions. They refuse decoders. */
export const plainEncoder: z.ZodType = z.object({
  position_embedding_type: z.literal("absolute").nullish(),
  is_decoder: z.literal(false).nullish(),
});

const schema = z
  .object({
    vocab_size: count(maxVocabulary),
    hidden_size: count(maxWidth),
    num_hidden_layers: count(maxLayers),
    num_attention_heads: count(maxHeads),
    intermediate_size: count(maxWidth),
    hidden_act: z.string().default("gelu"),
    max_position_embeddings: count(maxPositions),
    type_vocab_size: count(maxTypes).default(2),
    layer_norm_eps: z.number().positive().default(1e-12),
  })
  .refine((config) => config.hidden_size % config.num_attention_heads === 0, {
    path: ["num_attention_heads"],
    error: "hidden_size is no multiple of it",
  });

/**
 * The fields that BERT and its successors have in common, with transformers' defaults. LOAD_FAILED names those that are missing or not
 * sound; `kind` is the model's for the message: "BERT".
 */
export function encoderConfig(config: ModelConfig, kind: string): BertConfig {
  return validatedNow(schema, config, {
    code: "LOAD_FAILED",
    what: `config.json is no ${kind} encoder's`,
  });
}
