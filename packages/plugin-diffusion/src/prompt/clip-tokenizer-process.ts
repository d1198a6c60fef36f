import { robertaProcessing } from "tokenizers";
import type { Tokenizer as Native } from "tokenizers";
import type { TokenizerFacts } from "@kindred/core/text";
import { addTokens, encoderOf, inFile, readFolderTokens } from "@kindred/core/text/process";
import { matchedText, requiredToken, textOf } from "@kindred/core/text/process";
import type {
  AddedToken,
  Encoder,
  EncoderFolder,
  FolderTokens,
  TokenizerConfig,
} from "@kindred/core/text/process";
import { clipPipeline, endOfWord } from "./clip-pipeline.ts";
import { readClipVocabulary } from "./clip-vocabulary.ts";
import type { ClipVocabulary } from "./clip-vocabulary.ts";
import type { SeveralVectors, SeveralVectorToken } from "./several-vectors.ts";

/** The ids that go around each window of a long text, and the tokens of textual inversions. */
export interface ClipFacts extends TokenizerFacts {
  readonly start: number;
  readonly end: number;
  /** Fills a window. In Stable Diffusion 2 it is not the end token. */
  readonly padding: number;
  readonly severalVectors: SeveralVectors;
}

const endOfText = "<|endoftext|>";
const defaults = {
  bos_token: "<|startoftext|>",
  eos_token: endOfText,
  unk_token: endOfText,
  pad_token: endOfText,
} as const;

/**
 * The module that `openClipTokenizer` names to its process. It builds the tokenizer as transformers' CLIPTokenizer does, which
 * takes of a `tokenizer.json` the vocabulary, the merges and the added tokens.
 */
export async function openEncoder(
  folder: EncoderFolder,
  config: TokenizerConfig,
): Promise<Encoder<ClipFacts>> {
  const vocabulary = await readClipVocabulary(folder);
  const tokens = await readFolderTokens(folder, config, vocabulary.added);
  const { native, ...ids } = await inFile(vocabulary.file, () => {
    const unknown = textOf(tokens.named.get("unk_token") ?? defaults.unk_token);
    const vocab = withUnknown(vocabulary.vocab, unknown, tokens);
    const native = clipPipeline({ ...vocabulary, vocab }, unknown);
    const required = (name: keyof typeof defaults): string =>
      requiredToken(native, tokens, [name, defaults[name]]);
    const [start, end] = [required("bos_token"), required("eos_token")];
    const padding = tokens.named.get("pad_token") === null ? end : required("pad_token");
    const added = addTokens(native, tokens, { defaults });
    const id = (token: string): number => native.tokenToId(token)!;
    native.setPostProcessor(robertaProcessing([end, id(end)], [start, id(start)], false, false));
    const around = { start: id(start), end: id(end), padding: id(padding) };
    return { native, ...around, severalVectors: severalVectors(native, added) };
  });
  const encoder = await encoderOf(native, config);
  return {
    ...encoder,
    facts: { ...encoder.facts, ...ids },
    async decode(rows, options) {
      const texts = await encoder.decode(rows, options);
      return texts.map((text) => text.replaceAll(endOfWord, " ").trim());
    },
  };
}

/** The vocabulary, with the tokens that a file has beside it when the unknown token is one: BPE needs that in its own. */
function withUnknown(
  vocab: ClipVocabulary["vocab"],
  unknown: string,
  { declared }: FolderTokens,
): ClipVocabulary["vocab"] {
  if (Object.hasOwn(vocab, unknown)) return vocab;
  return { ...Object.fromEntries(declared.map(({ id, token }) => [token.content, id])), ...vocab };
}

/**
 * The tokens of several vectors among a tokenizer's added tokens. diffusers looks for a token by the text that was found, so
 * one that is lower-cased to be found is none of them.
 */
function severalVectors(native: Native, added: readonly AddedToken[]): SeveralVectors {
  const known = new Set(added.map(({ content }) => content));
  const found = new Map<number, SeveralVectorToken>();
  for (const each of added) {
    const token = each.content;
    const all = [token];
    while (known.has(`${token}_${all.length}`)) all.push(`${token}_${all.length}`);
    if (all.length === 1 || matchedText(native, each) !== token) continue;
    found.set(native.tokenToId(token)!, { token, all: all.join(" ") });
  }
  return found;
}
