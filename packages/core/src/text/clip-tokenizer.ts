import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer as Native } from "tokenizers";
import { KernelError } from "../errors.ts";
import { folderTokenizer } from "./folder-tokenizer.ts";
import type { OpenTokenizerOptions, TokenizerFolder } from "./open-tokenizer.ts";
import { tokenLimit } from "./tokenizer-config.ts";
import type { SpecialToken, TokenizerConfig } from "./tokenizer-config.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** CLIP's tokenizer, with the ids that whoever cuts a long text into windows puts around them. */
export interface ClipTokenizer extends Tokenizer {
  readonly start: number;
  readonly end: number;
  /** SD 2's is not the end token. */
  readonly padding: number;
}

interface Vocabulary {
  readonly vocab: Readonly<Record<string, number>>;
  /** "a b", or ["a", "b"] since tokenizers 0.20. */
  readonly merges: readonly (string | readonly string[])[];
}

/**
 * CLIP's byte-level BPE from `tokenizer.json`, else `vocab.json` and `merges.txt`, built as transformers' CLIPTokenizer builds it:
 * of `tokenizer.json` only vocabulary and merges are taken. LOAD_FAILED when the folder has neither.
 */
export async function openClipTokenizer(
  folder: TokenizerFolder,
  { directory = "" }: OpenTokenizerOptions = {},
): Promise<ClipTokenizer> {
  const file = (name: string): string => (directory ? `${directory}/${name}` : name);
  const written: TokenizerConfig = folder.json(file("tokenizer_config.json")) ?? {};
  // Written before added_tokens_decoder, a folder keeps its special tokens in a file of their own, which wins.
  const own = written.added_tokens_decoder ? {} : folder.json(file("special_tokens_map.json"));
  const config: TokenizerConfig = { ...written, ...own };
  const end = content(config.eos_token, "<|endoftext|>");
  const start = content(config.bos_token, "<|startoftext|>");
  const padding = content(config.pad_token, end);

  const { vocab, merges } = await vocabulary(folder, file);
  const id = (token: string): number => {
    const found = vocab[token];
    if (found !== undefined) return found;
    throw new KernelError(
      "LOAD_FAILED",
      `${file("")} of ${folder.path} has no token ${token}, which its texts need.`,
    );
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
      model: { ...bpe, unk_token: content(config.unk_token, end), vocab, merges },
    }),
  );
  const tokenizer = await folderTokenizer(native, {
    limit: tokenLimit(config),
    truncationSide: config.truncation_side ?? "right",
  });
  return { ...tokenizer, start: id(start), end: id(end), padding: id(padding) };
}

async function vocabulary(
  folder: TokenizerFolder,
  file: (name: string) => string,
): Promise<Vocabulary> {
  const json = folder.json(file("tokenizer.json"));
  if (json?.model?.vocab && json.model.merges) {
    const added = (json.added_tokens ?? []) as readonly { content: string; id: number }[];
    const vocab = Object.fromEntries(added.map((token) => [token.content, token.id]));
    return { vocab: { ...vocab, ...json.model.vocab }, merges: json.model.merges };
  }
  const [vocab, merges] = [file("vocab.json"), file("merges.txt")];
  if (!folder.files.includes(vocab) || !folder.files.includes(merges)) {
    throw new KernelError(
      "LOAD_FAILED",
      `There is no CLIP tokenizer in ${folder.path}: add ${vocab} and ${merges}, or ${file("tokenizer.json")}.`,
    );
  }
  const lines = (await readFile(join(folder.path, merges), "utf8")).split("\n");
  return {
    vocab: folder.json(vocab),
    merges: lines.filter((line) => line.trim() !== "" && !line.startsWith("#version")),
  };
}

function content(token: SpecialToken | undefined, otherwise: string): string {
  if (!token) return otherwise;
  return typeof token === "string" ? token : token.content;
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
