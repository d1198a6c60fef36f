/** The fields of `tokenizer_config.json` that tokenizers here read. transformers writes it. */
export interface TokenizerConfig {
  readonly tokenizer_class?: string;
  /** Most ids of an input, special tokens included. */
  readonly model_max_length?: number;
  /** Default "right". */
  readonly truncation_side?: "left" | "right";
  /** BERT's normalisation. Default true. */
  readonly do_lower_case?: boolean;
  /** Puts spaces around CJK characters. Default true. */
  readonly tokenize_chinese_chars?: boolean;
  /** Default: as `do_lower_case`. */
  readonly strip_accents?: boolean | null;
  readonly unk_token?: SpecialToken;
  readonly sep_token?: SpecialToken;
  readonly pad_token?: SpecialToken;
  readonly cls_token?: SpecialToken;
  readonly mask_token?: SpecialToken;
  readonly bos_token?: SpecialToken;
  readonly eos_token?: SpecialToken;
  /** By id. Written since transformers 4.34. */
  readonly added_tokens_decoder?: Readonly<Record<string, unknown>>;
}

/** A special token in `tokenizer_config.json`: its text, or an object that has it. */
export type SpecialToken = string | { readonly content: string } | null;

/** Most ids of an input. undefined when there is no bound: transformers writes 1e30 then. */
export function maxTokensOf({ model_max_length: max }: TokenizerConfig): number | undefined {
  if (max == null) return undefined;
  if (typeof max === "number" && max >= 1) return max < 1e9 ? max : undefined;
  const found = JSON.stringify(max);
  throw new Error(`tokenizer_config.json: model_max_length is ${found}, not a number of 1 or more`);
}

/** The text of a special token. */
export function tokenText(token: SpecialToken | undefined, otherwise: string): string {
  if (!token) return otherwise;
  return typeof token === "string" ? token : token.content;
}
