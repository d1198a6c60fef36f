import { validatedNow } from "@kindred/core";
import * as z from "zod";
import { bertGraph } from "../graphs/bert.ts";
import type { BertConfig } from "../graphs/bert.ts";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { bertSizes } from "./bert-sizes.ts";
import { customCode } from "./custom-code.ts";

/** BERT's encoder (Devlin et al. 2018, arXiv:1810.04805), as `BertModel` of transformers has it. */
export const bert: Architecture = {
  name: "bert",

  matches: (config) =>
    config.model_type === "bert" &&
    customCode(config) === undefined &&
    !variant.test(String(config.architectures)) &&
    encoder.safeParse(config).success,

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

const settings = z.object({ hidden_act: z.string().default("gelu") });

function bertConfig(config: ModelConfig): BertConfig {
  const { hidden_act } = validatedNow(settings, config, {
    code: "LOAD_FAILED",
    what: "config.json is no BERT encoder's",
  });
  return { ...bertSizes(config, "BERT"), hidden_act };
}
