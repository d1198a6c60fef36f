import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer as Native } from "tokenizers";
import type { TokenizerFacts } from "@kindred/core/text";
import { encoderOf, tokenText } from "@kindred/core/text/thread";
import type { Encoder, TokenizerConfig } from "@kindred/core/text/thread";

/** The ids that go around each window of a long text. */
export interface ClipFacts extends TokenizerFacts {
  readonly start: number;
  readonly end: number;
  /** Fills a window. In Stable Diffusion 2 it is not the end token. */
  readonly padding: number;
}

interface Vocabulary {
  readonly vocab: Readonly<Record<string, number>>;
  /** "a b", or ["a", "b"] since tokenizers 0.20. */
  readonly merges: readonly (string | readonly string[])[];
}

/**
 * The module that `openClipTokenizer` names to its thread. It builds the tokenizer as transformers' CLIPTokenizer does, which
 * takes the vocabulary and the merges of a `tokenizer.json` and nothing else.
 */
export async function openEncoder(
  folder: string,
  config: TokenizerConfig,
): Promise<Encoder<ClipFacts>> {
  const end = tokenText(config.eos_token, "<|endoftext|>");
  const start = tokenText(config.bos_token, "<|startoftext|>");
  const padding = tokenText(config.pad_token, end);

  const { vocab, merges } = await vocabulary(folder);
  const id = (token: string): number => {
    const found = vocab[token];
    if (found !== undefined) return found;
    throw new Error(`there is no token ${token}, which its texts need`);
  };
  const native = Native.fromString(
    JSON.stringify({
      version: "1.0",
      added_tokens: [...new Set([start, end, padding])]
        .map((token) => ({ id: id(token), content: token, ...plain }))
        .toSorted((a, b) => a.id - b.id),
      normalizer,
      pre_tokenizer: preTokenizer,
      post_processor: { ...aroundText, sep: [end, id(end)], cls: [start, id(start)] },
      model: { ...bpe, unk_token: tokenText(config.unk_token, end), vocab, merges },
    }),
  );
  const encoder = await encoderOf(native, config);
  const ids = { start: id(start), end: id(end), padding: id(padding) };
  return { ...encoder, facts: { ...encoder.facts, ...ids } };
}

async function vocabulary(folder: string): Promise<Vocabulary> {
  const has = (name: string): boolean => existsSync(join(folder, name));
  const json = has("tokenizer.json") && (await readJson(folder, "tokenizer.json"));
  if (json?.model?.vocab && json.model.merges) {
    const added = (json.added_tokens ?? []) as readonly { content: string; id: number }[];
    const vocab = Object.fromEntries(added.map((token) => [token.content, token.id]));
    return { vocab: { ...vocab, ...json.model.vocab }, merges: json.model.merges };
  }
  if (!has("vocab.json") || !has("merges.txt")) {
    throw new Error(
      "there are neither vocab.json and merges.txt nor a tokenizer.json with vocabulary and merges",
    );
  }
  const lines = (await readFile(join(folder, "merges.txt"), "utf8")).split("\n");
  return {
    vocab: await readJson(folder, "vocab.json"),
    merges: lines.filter((line) => line.trim() !== "" && !line.startsWith("#version")),
  };
}

async function readJson(folder: string, name: string): Promise<any> {
  try {
    return JSON.parse(await readFile(join(folder, name), "utf8"));
  } catch (cause) {
    throw new Error(`${name}: ${(cause as Error).message}`, { cause });
  }
}

const plain = {
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
};

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
    { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
  ],
};

const aroundText = { type: "RobertaProcessing", trim_offsets: false, add_prefix_space: false };

const bpe = {
  type: "BPE",
  dropout: null,
  continuing_subword_prefix: "",
  end_of_word_suffix: "</w>",
  fuse_unk: false,
  byte_fallback: false,
  ignore_merges: false,
};
