import { gunzipSync } from "node:zlib";

/** The list of merges that OpenAI publishes CLIP with, and OpenCLIP too: https://github.com/openai/CLIP. */
export const openAiVocabularyFile = "bpe_simple_vocab_16e6.txt.gz";

/** Bytes of the list as it is inflated. OpenAI's has 3 MB. */
const maxOutputLength = 100_000_000;

/** CLIP was trained with so many ids. The list goes on. */
const size = 49_408;

export interface OpenAiVocabulary {
  readonly vocab: Readonly<Record<string, number>>;
  readonly merges: readonly string[];
}

/**
 * CLIP's vocabulary from that list, as `vocab.json` and `merges.txt` of transformers have it: the 256 bytes, the same
 * at the end of a word, a token for each merge, and the two special tokens.
 */
export function openAiVocabulary(list: Uint8Array): OpenAiVocabulary {
  const [, ...lines] = gunzipSync(list, { maxOutputLength }).toString("utf8").split("\n");
  const bytes = byteCharacters();
  const merges = lines.slice(0, size - 2 * bytes.length - 2);
  const tokens = [
    ...bytes,
    ...bytes.map((byte) => `${byte}</w>`),
    ...merges.map((merge) => merge.replace(" ", "")),
    "<|startoftext|>",
    "<|endoftext|>",
  ];
  return { vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges };
}

/** GPT-2's printable characters for the 256 bytes: those that print stand for themselves and come first. */
function byteCharacters(): readonly string[] {
  const printable = [...range(33, 126), ...range(161, 172), ...range(174, 255)];
  const others = range(0, 255).filter((byte) => !printable.includes(byte));
  return [...printable, ...others.map((_, i) => 256 + i)].map((code) => String.fromCharCode(code));
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
