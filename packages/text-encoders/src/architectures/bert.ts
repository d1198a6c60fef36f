import { bertGraph } from "../graphs/bert.ts";
import type { BertConfig } from "../graphs/bert.ts";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { encoderConfig, isPlainEncoder, variantFields } from "./encoder-config.ts";

/** BERT's encoder (Devlin et al. 2018, arXiv:1810.04805), as `BertModel` of transformers has it. */
export const bert: Architecture = {
  name: "bert",

  matches: (config) =>
    config.model_type === "bert" &&
    isPlainEncoder(config) &&
    !variant.test(String(config.architectures)),

  differing: variantFields,

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

function bertConfig(config: ModelConfig): BertConfig {
  return encoderConfig(config, "BERT");
}
