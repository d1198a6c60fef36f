import { bertGraph } from "../graphs/bert.ts";
import type { BertConfig } from "../graphs/bert.ts";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { encoderConfig, plainEncoder } from "./encoder-config.ts";
import { encoderFacts } from "./encoder-facts.ts";
import { toldBy } from "./told-by.ts";

const told = toldBy("bert", plainEncoder);

/** BERT's encoder (Devlin et al. 2018, arXiv:1810.04805), as `BertModel` of transformers has it. */
export const bert: Architecture = {
  ...told,

  matches: (config) => told.matches(config) && !variant.test(String(config.architectures)),

  read: (config) => encoderFacts(bertConfig(config)),

  graph: (config, weights, head, options) => bertGraph(bertConfig(config), weights, head, options),
};

/** A class such as JinaBertModel. Heads, such as BertForMaskedLM or Contriever, are named otherwise and share BERT's encoder. */
const variant = /\wBert(Model|For)/;

function bertConfig(config: ModelConfig): BertConfig {
  return encoderConfig(config, "BERT");
}
