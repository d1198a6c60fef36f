import { validatedNow } from "@kindred/core";
import type { ModelListing } from "@kindred/core";
import * as z from "zod";
import { transformerTasks } from "./transformer-task.ts";
import type { TransformerTask } from "./transformer-task.ts";

/** How sentence-transformers' Transformer module reads texts. */
export interface TransformerSettings {
  /** Tokens of one text that it keeps, special tokens included. Default: the tokenizer's own limit. */
  readonly maxTokens: number | undefined;
  /** Lower-cases texts before its tokenizer does anything else. */
  readonly lowercase: boolean;
  /** Members that replace those of `tokenizer_config.json`. */
  readonly tokenizer: Readonly<Record<string, unknown>>;
}

/** The settings of a model that sentence-transformers did not save. */
export const noSettings: TransformerSettings = {
  maxTokens: undefined,
  lowercase: false,
  tokenizer: {},
};

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

const settings = z.object({
  max_seq_length: length,
  do_lower_case: z.boolean().nullish(),
  processor_kwargs: tokenizer,
  /** The older name of `processor_kwargs`. */
  tokenizer_args: tokenizer,
  processing_kwargs: z.object({ text: call, common: call }).nullish(),
  tokenizer_name_or_path: absent,
  query_length: absent,
  document_length: absent,
  query_expansion: absent,
});

/** The settings of a Transformer that gives what the task takes, and nothing else. */
function schemaFor(task: TransformerTask) {
  const { output, feature } = transformerTasks[task];
  return settings.extend({
    transformer_task: z.literal(task, notServed).nullish(),
    module_output_name: z.literal(feature, notServed).nullish(),
    modality_config: z
      .object({
        text: z.object({
          method: z.literal("forward", notServed),
          method_output_name: z.literal(output, notServed),
        }),
      })
      .nullish(),
  });
}

/**
 * Reads `sentence_bert_config.json`, or that file under one of its older names. LOAD_FAILED names what is not sound, or asks for
 * what is not served, such as another task.
 */
export function transformerSettings(
  model: ModelListing,
  task: TransformerTask = "feature-extraction",
): TransformerSettings {
  const file = files.find((name) => model.files.includes(name)) ?? files[0]!;
  const config = validatedNow(schemaFor(task), model.json(file) ?? {}, {
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
