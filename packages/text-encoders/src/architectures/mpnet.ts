import { validatedNow } from "@kindred/core";
import * as z from "zod";
import { mpnetGraph, mpnetPadding } from "../graphs/mpnet.ts";
import type { MpnetConfig } from "../graphs/mpnet.ts";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { encoderConfig, plainEncoder } from "./encoder-config.ts";
import { encoderFacts } from "./encoder-facts.ts";
import { toldBy } from "./told-by.ts";

/** MPNet's encoder (Song et al. 2020, arXiv:2004.09297), as `MPNetModel` of transformers has it. */
export const mpnet: Architecture = {
  ...toldBy("mpnet", plainEncoder),

  read: (config) => encoderFacts(mpnetConfig(config), mpnetPadding + 1),

  graph: (config, weights, head) => mpnetGraph(mpnetConfig(config), weights, head),
};

const schema = z.object({
  // transformers spreads distances over 32 buckets, however many rows the table has.
  relative_attention_num_buckets: z.literal(32).default(32),
  max_position_embeddings: z.int().min(mpnetPadding + 2),
});

function mpnetConfig(config: ModelConfig): MpnetConfig {
  const sizes = encoderConfig(config, "MPNet");
  const what = "config.json is no MPNet encoder's";
  return { ...sizes, ...validatedNow(schema, config, { code: "LOAD_FAILED", what }) };
}
