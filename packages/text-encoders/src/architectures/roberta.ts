import { validatedNow } from "@kindred/core";
import * as z from "zod";
import { maxVocabulary } from "../folder/count.ts";
import { robertaGraph } from "../graphs/roberta.ts";
import type { RobertaConfig } from "../graphs/roberta.ts";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { encoderConfig, plainEncoder } from "./encoder-config.ts";
import { encoderFacts } from "./encoder-facts.ts";
import { toldBy } from "./told-by.ts";

/**
 * RoBERTa's encoder (Liu et al. 2019, arXiv:1907.11692) and those that are trained otherwise and computed alike, by their names, as
 * `RobertaModel`, `XLMRobertaModel` and `CamembertModel` of transformers have it.
 */
export const roberta: readonly Architecture[] = ["roberta", "xlm-roberta", "camembert"].map(
  (name) => ({
    ...toldBy(name, plainEncoder),

    read(config) {
      const sizes = robertaConfig(config);
      return encoderFacts(sizes, sizes.pad_token_id + 1);
    },

    graph: (config, weights, head) => robertaGraph(robertaConfig(config), weights, head),
  }),
);

const padding = z.object({ pad_token_id: z.int().min(0).max(maxVocabulary).default(1) });

function robertaConfig(config: ModelConfig): RobertaConfig {
  const sizes = encoderConfig(config, "RoBERTa");
  const fits = padding.refine(({ pad_token_id: id }) => id + 1 < sizes.max_position_embeddings, {
    path: ["pad_token_id"],
    error: `max_position_embeddings is ${sizes.max_position_embeddings}, so that no position is behind it`,
  });
  const what = "config.json is no RoBERTa encoder's";
  return { ...sizes, ...validatedNow(fits, config, { code: "LOAD_FAILED", what }) };
}
