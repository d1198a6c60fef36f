import { bertNormalizer, bertPreTokenizer, bertProcessing, Tokenizer, WordPiece } from "tokenizers";
import type { Normalizer } from "tokenizers";
import { content } from "./tokenizer-config.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";

/** BERT's tokenizer from `vocab.txt`, as transformers' BertTokenizer builds it. */
export async function wordPiece(vocabulary: string, config: TokenizerConfig): Promise<Tokenizer> {
  const unknown = content(config.unk_token, "[UNK]");
  const separator = content(config.sep_token, "[SEP]");
  const classifier = content(config.cls_token, "[CLS]");
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
    content(config.pad_token, "[PAD]"),
    unknown,
    classifier,
    separator,
    content(config.mask_token, "[MASK]"),
  ]);
  return tokenizer;
}

/** What `tokenizer_config.json` says of case, accents and CJK; it wins over `tokenizer.json`, as in transformers. */
export function bertNormalization(config: TokenizerConfig): Normalizer {
  return bertNormalizer({
    cleanText: true,
    lowercase: config.do_lower_case ?? true,
    handleChineseChars: config.tokenize_chinese_chars ?? true,
    ...(typeof config.strip_accents === "boolean" && { stripAccents: config.strip_accents }),
  });
}
