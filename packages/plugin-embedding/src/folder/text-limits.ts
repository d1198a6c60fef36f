import { KernelError } from "@kindred/core";
import type { ModelFolder } from "@kindred/core";
import type { Tokenizer } from "@kindred/core/text";
import * as z from "zod";
import { checkedJson } from "./checked-json.ts";

/** What a model's texts are held to. */
export interface TextLimits {
  /** The most tokens of a text, special tokens included. */
  readonly limit: number;
  /** Lower-cases texts before its tokenizer sees them. */
  readonly lowercase: boolean;
}

const sentenceBert: z.ZodType<{
  readonly max_seq_length?: number | null | undefined;
  readonly do_lower_case?: boolean | null | undefined;
}> = z.object({ max_seq_length: z.int().min(1).nullish(), do_lower_case: z.boolean().nullish() });

/** sentence-transformers' own limit, else the tokenizer's; never more than the model has positions. */
export function textLimits(model: ModelFolder, tokenizer: Tokenizer): TextLimits {
  const file = "sentence_bert_config.json";
  const own = checkedJson(model.json(file) ?? {}, sentenceBert, `${file} is not sound`);
  const positions: number = model.json("config.json")?.max_position_embeddings ?? Infinity;
  const limit = Math.min(own.max_seq_length ?? tokenizer.maxTokens ?? positions, positions);
  if (Number.isSafeInteger(limit)) return { limit, lowercase: own.do_lower_case ?? false };
  throw new KernelError(
    "LOAD_FAILED",
    `Nothing says how many tokens "${model.id}" takes. Add max_seq_length to its ${file}.`,
  );
}
