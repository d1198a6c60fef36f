import { Tokenizer } from "tokenizers";
import type { ClipVocabulary } from "./clip-vocabulary.ts";

/** Ends the last piece of each word. */
export const endOfWord = "</w>";

/** CLIP's byte-level BPE of a vocabulary, without its added tokens and what goes around a text. */
export function clipPipeline({ vocab, merges }: ClipVocabulary, unknown: string): Tokenizer {
  const model = { ...bpe, unk_token: unknown, vocab, merges };
  const steps = { normalizer, pre_tokenizer: preTokenizer, decoder: bytes };
  return Tokenizer.fromString(
    JSON.stringify({ version: "1.0", added_tokens: [], ...steps, model }),
  );
}

const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };

const normalizer = {
  type: "Sequence",
  normalizers: [
    { type: "NFC" },
    { type: "Replace", pattern: { Regex: "\\s+" }, content: " " },
    { type: "Lowercase" },
  ],
};

const preTokenizer = {
  type: "Sequence",
  pretokenizers: [
    {
      type: "Split",
      pattern: {
        Regex: String.raw`<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+`,
      },
      behavior: "Removed",
      invert: true,
    },
    bytes,
  ],
};

const bpe = {
  type: "BPE",
  dropout: null,
  continuing_subword_prefix: "",
  end_of_word_suffix: endOfWord,
  fuse_unk: false,
  byte_fallback: false,
  ignore_merges: false,
};
