import { validatedNow } from "@kindred/core";
import * as z from "zod";
import { count, maxPositions, maxVocabulary, maxWidth } from "../folder/count.ts";
import type { EncoderFacts, ModelConfig } from "./architecture.ts";

const schema = z.object({
  hidden_size: count(maxWidth),
  vocab_size: count(maxVocabulary),
  max_position_embeddings: count(maxPositions).optional(),
  pad_token_id: z.int().min(0).max(maxVocabulary).nullish(),
});

/** RoBERTa and what was made after it count positions from behind `pad_token_id`: so many rows of the table are never used. */
const countsFromPadding = /roberta|camembert|mpnet|longformer/;

/**
 * Reads the sizes of an exported graph, whose architecture need not be known here. Some architectures have other names for
 * them, as transformers' `attribute_map`s say: DistilBERT has `dim`, nomic_bert `n_embd`, T5 `d_model`.
 * LOAD_FAILED names the fields that are missing or not sound.
 */
export function commonFacts(config: ModelConfig): EncoderFacts {
  const named = {
    ...config,
    hidden_size: config["hidden_size"] ?? config["dim"] ?? config["n_embd"] ?? config["d_model"],
    max_position_embeddings: config["max_position_embeddings"] ?? config["n_positions"],
  };
  const refusal = { code: "LOAD_FAILED", what: "config.json is not sound" } as const;
  const { hidden_size, vocab_size, max_position_embeddings, pad_token_id } = validatedNow(
    schema,
    named,
    refusal,
  );
  const unused = countsFromPadding.test(String(config.model_type)) ? (pad_token_id ?? 1) + 1 : 0;
  return {
    dimensions: hidden_size,
    maxTokens: (max_position_embeddings ?? Infinity) - unused,
    vocabularySize: vocab_size,
  };
}
