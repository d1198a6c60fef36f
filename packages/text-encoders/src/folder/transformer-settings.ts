import { KernelError, validatedNow } from "@kindred/core";
import type { LaunchListing, ModelListing } from "@kindred/core";
import * as z from "zod";

/** How sentence-transformers' Transformer module reads texts. */
export interface TransformerSettings {
  /** Tokens of one text that it keeps, special tokens included. Default: the tokenizer's own limit. */
  readonly maxTokens: number | undefined;
  /** Lower-cases texts before its tokenizer does anything else. */
  readonly lowercase: boolean;
  /** Members that replace those of `tokenizer_config.json`. */
  readonly tokenizer: Readonly<Record<string, unknown>>;
}

/** Names of its file, the first of them today's. */
const files = ["bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet"].map(
  (name) => `sentence_${name}_config.json`,
);

const length = z.int().min(1).nullish();
const tokenizer = z.looseObject({ model_max_length: length }).nullish();

const notServed = { error: "this is not served here, only its default is" };
const absent = z.null(notServed).optional();

/** The arguments that a tokenizer is called with. */
const call = z
  .strictObject({ max_length: length, padding: z.unknown(), truncation: z.unknown() })
  .partial()
  .optional();

const schema = z.object({
  max_seq_length: length,
  do_lower_case: z.boolean().nullish(),
  processor_kwargs: tokenizer,
  /** The older name of `processor_kwargs`. */
  tokenizer_args: tokenizer,
  processing_kwargs: z.object({ text: call, common: call }).nullish(),
  tokenizer_name_or_path: absent,
  transformer_task: z.literal("feature-extraction", notServed).nullish(),
  module_output_name: z.literal("token_embeddings", notServed).nullish(),
  modality_config: z
    .object({
      text: z.object({
        method: z.literal("forward", notServed),
        method_output_name: z.literal("last_hidden_state", notServed),
      }),
    })
    .nullish(),
  query_length: absent,
  document_length: absent,
  query_expansion: absent,
});

/**
 * Reads `sentence_bert_config.json`, or that file under one of its older names. LOAD_FAILED names what is not sound, or asks for
 * what is not served.
 */
export function transformerSettings(model: ModelListing): TransformerSettings {
  const file = files.find((name) => model.files.includes(name)) ?? files[0]!;
  const config = validatedNow(schema, model.json(file) ?? {}, {
    code: "LOAD_FAILED",
    what: `${file} is not sound`,
  });
  const changes = { ...config.tokenizer_args, ...config.processor_kwargs };
  const { text, common } = config.processing_kwargs ?? {};
  const limits = [common?.max_length, text?.max_length, changes.model_max_length];
  return {
    maxTokens: limits.find((limit) => limit != null) ?? config.max_seq_length ?? undefined,
    lowercase: config.do_lower_case ?? false,
    tokenizer: changes,
  };
}

/** LOAD_FAILED for a model of which nothing tells how many tokens it takes. */
export function noLimit({ id }: LaunchListing): KernelError {
  return new KernelError(
    "LOAD_FAILED",
    `Nothing says how many tokens "${id}" takes. Add max_seq_length to its ${files[0]}.`,
  );
}
