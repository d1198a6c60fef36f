import { FileFault, inFile } from "@kindred/core/text/process";
import type { EncoderFolder } from "@kindred/core/text/process";
import { openAiVocabulary, openAiVocabularyFile } from "./open-ai-vocabulary.ts";

/** CLIP's vocabulary of a folder. */
export interface ClipVocabulary {
  /** The file that it is from, for messages. */
  readonly file: string;
  readonly vocab: Readonly<Record<string, number>>;
  /** "a b", or ["a", "b"] since tokenizers 0.20. */
  readonly merges: readonly (string | readonly string[])[];
  /** The tokens that `tokenizer.json` has beside its vocabulary. */
  readonly added?: unknown;
}

/**
 * Reads `tokenizer.json`; when that has no vocabulary, OpenAI's own list of merges, or `vocab.json` and `merges.txt`. A
 * FileFault without any of them.
 */
export async function readClipVocabulary(folder: EncoderFolder): Promise<ClipVocabulary> {
  const json = await folder.json("tokenizer.json");
  if (json?.model?.vocab && json.model.merges) {
    const { vocab, merges } = json.model;
    return { file: "tokenizer.json", vocab, merges, added: json.added_tokens };
  }
  const original = await folder.bytes(openAiVocabularyFile);
  if (original) {
    const vocabulary = await inFile(openAiVocabularyFile, () => openAiVocabulary(original));
    return { file: openAiVocabularyFile, ...vocabulary };
  }
  const vocab = await folder.json("vocab.json");
  const merges = await folder.text("merges.txt");
  if (vocab === undefined || merges === undefined) {
    throw new FileFault(
      "there are neither vocab.json and merges.txt nor a tokenizer.json with vocabulary and merges",
    );
  }
  const lines = merges.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#version"));
  return { file: "vocab.json", vocab, merges: lines, added: json?.added_tokens };
}
