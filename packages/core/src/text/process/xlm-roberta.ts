import { robertaProcessing } from "tokenizers";
import type { Tokenizer } from "tokenizers";
import { addTokens, requiredToken } from "./added-tokens.ts";
import type { FolderTokens } from "./folder-tokens.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";
import { modelWith, nativeTokenizer } from "./tokenizer-json.ts";
import type { TokenizerJson } from "./tokenizer-json.ts";

const defaults = {
  bos_token: "<s>",
  eos_token: "</s>",
  unk_token: "<unk>",
  sep_token: "</s>",
  pad_token: "<pad>",
  cls_token: "<s>",
  mask_token: "<mask>",
} as const;

/**
 * XLM-RoBERTa's tokenizer from a `tokenizer.json`, built as transformers' XLMRobertaTokenizer builds it. Of the file it takes
 * the vocabulary, the table of sentencepiece's normaliser and the added tokens.
 */
export function xlmRoberta(
  { settings, model }: TokenizerJson,
  config: TokenizerConfig,
  tokens: FolderTokens,
): Tokenizer {
  const prepend_scheme = (config.add_prefix_space ?? true) ? "always" : "never";
  const words = { type: "Metaspace", replacement: "▁", prepend_scheme, split: true };
  const tokenizer = nativeTokenizer({
    settings: {
      version: "1.0",
      added_tokens: [],
      normalizer: sentencePieceTable(settings.normalizer),
      pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, words] },
      decoder: words,
    },
    // The class's unknown token is the piece 3, whatever the file says.
    model: modelWith(model, { type: "Unigram", unk_id: 3, byte_fallback: false }),
  });
  const required = (name: keyof typeof defaults): string =>
    requiredToken(tokenizer, tokens, [name, defaults[name]]);
  const [start, end] = [required("bos_token"), required("eos_token")];
  addTokens(tokenizer, tokens, { defaults });
  const withId = (text: string): [string, number] => [text, tokenizer.tokenToId(text)!];
  tokenizer.setPostProcessor(robertaProcessing(withId(end), withId(start), false, false));
  return tokenizer;
}

/** The first of a file's normalisers that sentencepiece compiled. transformers drops all others. */
function sentencePieceTable(normalizer: unknown): unknown {
  const { type, normalizers } = Object(normalizer);
  const all: readonly any[] = type === "Sequence" ? normalizers : [normalizer];
  return all.find((each) => each?.type === "Precompiled" && each.precompiled_charsmap) ?? null;
}
