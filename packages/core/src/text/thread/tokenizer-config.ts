/** `tokenizer_config.json`, as far as it is read here. */
export interface TokenizerConfig {
  /** Not of the file: lower-cases texts before all else. Default false. */
  readonly lowercase?: boolean;
  readonly tokenizer_class?: string;
  readonly model_max_length?: number;
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
  /** By id; written since transformers 4.34. */
  readonly added_tokens_decoder?: Readonly<Record<string, unknown>>;
}
export type SpecialToken = string | { readonly content: string } | null;

/** transformers writes 1e30 where there is no limit. */
export function tokenLimit({ model_max_length: limit }: TokenizerConfig): number | undefined {
  if (limit == null) return undefined;
  if (typeof limit === "number" && limit >= 1) return limit < 1e9 ? limit : undefined;
  const found = JSON.stringify(limit);
  throw new Error(`tokenizer_config.json: model_max_length is ${found}, which is no limit`);
}

/** A special token's text. */
export function content(token: SpecialToken | undefined, otherwise: string): string {
  if (!token) return otherwise;
  return typeof token === "string" ? token : token.content;
}
