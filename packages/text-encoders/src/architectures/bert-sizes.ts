import { validatedNow } from "@kindred/core";
import * as z from "zod";
import { count, maxPositions, maxVocabulary, maxWidth } from "../folder/count.ts";
import type { BertSizes } from "../graphs/bert.ts";
import type { ModelConfig } from "./architecture.ts";

/** Bounds above all published encoders: 48 layers, 40 heads. */
const [maxLayers, maxHeads, maxTypes] = [1000, 1024, 1024];

const schema = z
  .object({
    vocab_size: count(maxVocabulary),
    hidden_size: count(maxWidth),
    num_hidden_layers: count(maxLayers),
    num_attention_heads: count(maxHeads),
    intermediate_size: count(maxWidth),
    max_position_embeddings: count(maxPositions),
    type_vocab_size: count(maxTypes).default(2),
    layer_norm_eps: z.number().positive().default(1e-12),
  })
  .refine((config) => config.hidden_size % config.num_attention_heads === 0, {
    path: ["num_attention_heads"],
    error: "hidden_size is no multiple of it",
  });

/** Reads the sizes in a `config.json` of BERT, or of a network made after it. LOAD_FAILED names those that are not sound. */
export function bertSizes(config: ModelConfig, name: string): BertSizes {
  return validatedNow(schema, config, {
    code: "LOAD_FAILED",
    what: `config.json is no ${name} encoder's`,
  });
}
