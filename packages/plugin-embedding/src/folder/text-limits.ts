import { KernelError, validatedNow } from "@kindred/core";
import type { ModelListing } from "@kindred/core";
import type { Tokenizer } from "@kindred/core/text";
import * as z from "zod";

/** How a model's texts are cut and spelled. */
export interface TextLimits {
  /** Tokens of one text, special tokens included. */
  readonly maxTokens: number;
  /** Lower-cases texts before the tokenizer sees them. */
  readonly lowercase: boolean;
}

const file = "sentence_bert_config.json";

const sentenceBert: z.ZodType<{
  readonly max_seq_length?: number | null | undefined;
  readonly do_lower_case?: boolean | null | undefined;
}> = z.object({ max_seq_length: z.int().min(1).nullish(), do_lower_case: z.boolean().nullish() });

/**
 * sentence-transformers' own limit, else the tokenizer's; never more than the encoder has positions, `maxPositions`. LOAD_FAILED
 * when nothing tells a limit, or its file is not sound.
 */
export function textLimits(
  model: ModelListing,
  tokenizer: Tokenizer,
  maxPositions: number,
): TextLimits {
  const own = validatedNow(sentenceBert, model.json(file) ?? {}, {
    code: "LOAD_FAILED",
    what: `${file} is not sound`,
  });
  const maxTokens = Math.min(
    own.max_seq_length ?? tokenizer.maxTokens ?? maxPositions,
    maxPositions,
  );
  if (Number.isSafeInteger(maxTokens)) return { maxTokens, lowercase: own.do_lower_case ?? false };
  throw new KernelError(
    "LOAD_FAILED",
    `Nothing says how many tokens "${model.names[0]}" takes. Add max_seq_length to its ${file}.`,
  );
}
