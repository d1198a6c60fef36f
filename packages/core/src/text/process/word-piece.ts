import { bertNormalizer, bertPreTokenizer, bertProcessing } from "tokenizers";
import type { Normalizer, Tokenizer } from "tokenizers";
import { textOf } from "./added-token.ts";
import { addTokens, requiredToken } from "./added-tokens.ts";
import { folderTokens } from "./folder-tokens.ts";
import type { FolderTokens } from "./folder-tokens.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";
import { modelWith, nativeTokenizer } from "./tokenizer-json.ts";
import type { TokenizerJson } from "./tokenizer-json.ts";

const defaults = {
  unk_token: "[UNK]",
  sep_token: "[SEP]",
  pad_token: "[PAD]",
  cls_token: "[CLS]",
  mask_token: "[MASK]",
} as const;

/** BERT's tokenizer from the bytes of a `vocab.txt`, built as transformers' BertTokenizer builds it. Throws when they are no UTF-8. */
export function wordPiece(
  vocabulary: Uint8Array,
  config: TokenizerConfig,
  tokens: FolderTokens = folderTokens({ config }),
): Tokenizer {
  const pieces = linesOf(vocabulary).map((line, id) => `${JSON.stringify(line)}:${id}`);
  return wordPieceOf({ model: `{"vocab":{${pieces.join()}}}` }, config, tokens);
}

/** A line's end is cut as the native library's own reader cuts it. */
function linesOf(vocabulary: Uint8Array): readonly string[] {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(vocabulary);
  const lines = text.split("\n").map((line) => line.replace(/(?:[^\S\uFEFF]|\u0085)+$/, ""));
  return text.endsWith("\n") ? lines.slice(0, -1) : lines;
}

/** BERT's tokenizer from the vocabulary of a `tokenizer.json`: the class takes nothing else of it. */
export function wordPieceOf(
  { model }: Pick<TokenizerJson, "model">,
  config: TokenizerConfig,
  tokens: FolderTokens,
): Tokenizer {
  const own = modelWith(model, {
    type: "WordPiece",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    unk_token: unknown(tokens),
  });
  const decoder = { type: "WordPiece", prefix: "##", cleanup: true };
  const settings = { version: "1.0", added_tokens: [], decoder };
  return finished(nativeTokenizer({ settings, model: own }), config, tokens);
}

function unknown({ named }: FolderTokens): string {
  const token = named.get("unk_token");
  return token ? textOf(token) : defaults.unk_token;
}

function finished(tokenizer: Tokenizer, config: TokenizerConfig, tokens: FolderTokens): Tokenizer {
  const required = (name: keyof typeof defaults): string =>
    requiredToken(tokenizer, tokens, [name, defaults[name]]);
  required("unk_token");
  const [separator, classifier] = [required("sep_token"), required("cls_token")];
  tokenizer.setNormalizer(normalization(config));
  tokenizer.setPreTokenizer(bertPreTokenizer());
  addTokens(tokenizer, tokens, { defaults });
  const withId = (text: string): [string, number] => [text, tokenizer.tokenToId(text)!];
  tokenizer.setPostProcessor(bertProcessing(withId(separator), withId(classifier)));
  return tokenizer;
}

/** Case, accents and CJK by `tokenizer_config.json`, which wins over `tokenizer.json` as in transformers. */
function normalization(config: TokenizerConfig): Normalizer {
  return bertNormalizer({
    cleanText: true,
    lowercase: config.do_lower_case ?? true,
    handleChineseChars: config.tokenize_chinese_chars ?? true,
    ...(typeof config.strip_accents === "boolean" && { stripAccents: config.strip_accents }),
  });
}
