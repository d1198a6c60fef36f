import { FileFault } from "./file-fault.ts";

/** The fields of `tokenizer_config.json` that tokenizers here read. transformers writes it. */
export interface TokenizerConfig {
  /** Not of the file: lower-cases texts before all else. Default false. */
  readonly lowercase?: boolean;
  readonly tokenizer_class?: string;
  /** Most ids of an input, special tokens included. */
  readonly model_max_length?: number | null;
  /** `model_max_length` until transformers 2. */
  readonly max_len?: number | null;
  /** Default "right". */
  readonly truncation_side?: "left" | "right";
  /** BERT's normalisation. Default true. */
  readonly do_lower_case?: boolean;
  /** Puts spaces around CJK characters. Default true. */
  readonly tokenize_chinese_chars?: boolean;
  /** Default: as `do_lower_case`. */
  readonly strip_accents?: boolean | null;
  /** Closes the spaces before English punctuation in texts that are made of ids. Default false. */
  readonly clean_up_tokenization_spaces?: boolean | null;
  /** XLM-RoBERTa's. Default true. */
  readonly add_prefix_space?: boolean;
  /** Whether special tokens in a text are split like its words. Default false. */
  readonly split_special_tokens?: boolean;
  readonly unk_token?: SpecialToken;
  readonly sep_token?: SpecialToken;
  readonly pad_token?: SpecialToken;
  readonly cls_token?: SpecialToken;
  readonly mask_token?: SpecialToken;
  readonly bos_token?: SpecialToken;
  readonly eos_token?: SpecialToken;
  /** By id. transformers 4.34 to 4.57 write it. */
  readonly added_tokens_decoder?: Readonly<Record<string, unknown>>;
}

/** A special token in `tokenizer_config.json`: its text, or an object that has it. */
export type SpecialToken = string | { readonly content: string } | null;

/** Most ids of an input. undefined when there is no bound: transformers writes 1e30 then. */
export function maxTokensOf(config: TokenizerConfig): number | undefined {
  const max = config.model_max_length ?? config.max_len;
  if (max == null) return undefined;
  if (typeof max === "number" && max >= 1) return max < 1e9 ? max : undefined;
  const found = JSON.stringify(max);
  throw new FileFault(
    `tokenizer_config.json: model_max_length is ${found}, not a number of 1 or more`,
  );
}
