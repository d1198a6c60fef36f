import { bertNormalizer, bertPreTokenizer, bertProcessing, Tokenizer, WordPiece } from "tokenizers";
import type { Normalizer } from "tokenizers";
import { tokenText } from "./tokenizer-config.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";

/** BERT's tokenizer from a `vocab.txt`, built as transformers' BertTokenizer builds it. */
export async function wordPiece(vocabulary: string, config: TokenizerConfig): Promise<Tokenizer> {
  const unknown = tokenText(config.unk_token, "[UNK]");
  const separator = tokenText(config.sep_token, "[SEP]");
  const classifier = tokenText(config.cls_token, "[CLS]");
  const tokenizer = new Tokenizer(await WordPiece.fromFile(vocabulary, { unkToken: unknown }));
  const id = (token: string): number => {
    const found = tokenizer.tokenToId(token);
    if (found !== null) return found;
    throw new Error(`there is no ${token}, which BERT needs`);
  };
  tokenizer.setNormalizer(bertNormalization(config));
  tokenizer.setPreTokenizer(bertPreTokenizer());
  tokenizer.setPostProcessor(
    bertProcessing([separator, id(separator)], [classifier, id(classifier)]),
  );
  tokenizer.addSpecialTokens([
    tokenText(config.pad_token, "[PAD]"),
    unknown,
    classifier,
    separator,
    tokenText(config.mask_token, "[MASK]"),
  ]);
  return tokenizer;
}

/** The normalisation of case, accents and CJK by `tokenizer_config.json`, which wins over `tokenizer.json` as in transformers. */
export function bertNormalization(config: TokenizerConfig): Normalizer {
  return bertNormalizer({
    cleanText: true,
    lowercase: config.do_lower_case ?? true,
    handleChineseChars: config.tokenize_chinese_chars ?? true,
    ...(typeof config.strip_accents === "boolean" && { stripAccents: config.strip_accents }),
  });
}
