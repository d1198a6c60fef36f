import { validatedNow } from "@kindred/core";
import * as z from "zod";
import { bertGraph } from "../graphs/bert.ts";
import { count, maxPositions, maxVocabulary, maxWidth } from "../folder/count.ts";
import type { BertConfig } from "../graphs/bert.ts";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { customCode } from "./custom-code.ts";
import { differing } from "./differing.ts";

/** BERT's encoder (Devlin et al. 2018, arXiv:1810.04805), as `BertModel` of transformers has it. */
export const bert: Architecture = {
  name: "bert",

  matches: (config) =>
    config.model_type === "bert" &&
    customCode(config) === undefined &&
    !variant.test(String(config.architectures)) &&
    differing(encoder, config).length === 0,

  differing: (config) => differing(encoder, config),

  read(config) {
    const { hidden_size, max_position_embeddings, vocab_size } = bertConfig(config);
    return {
      dimensions: hidden_size,
      maxTokens: max_position_embeddings,
      vocabularySize: vocab_size,
    };
  },

  graph: (config, weights, head, options) => bertGraph(bertConfig(config), weights, head, options),
};

/** A class such as JinaBertModel. Heads, such as BertForMaskedLM or Contriever, are named otherwise and share BERT's encoder. */
const variant = /\wBert(Model|For)/;

/** Refuses decoders, and positions that are not in a table. */
const encoder = z.object({
  position_embedding_type: z.literal("absolute").nullish(),
  is_decoder: z.literal(false).nullish(),
});

/** Bounds above all published encoders: 48 layers, 40 heads. */
const [maxLayers, maxHeads, maxTypes] = [1000, 1024, 1024];

const schema = encoder
  .extend({
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

function bertConfig(config: ModelConfig): BertConfig {
  return validatedNow(schema, config, {
    code: "LOAD_FAILED",
    what: "config.json is no BERT encoder's",
  });
}
