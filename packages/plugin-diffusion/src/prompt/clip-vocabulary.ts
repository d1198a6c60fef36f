import { existsSync } from "node:fs";
import { join } from "node:path";
import { FileFault, readJson, readText } from "@kindred/core/text/thread";

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
export async function readClipVocabulary(folder: string): Promise<ClipVocabulary> {
  const json = await readJson(folder, "tokenizer.json");
  if (json?.model?.vocab && json.model.merges) {
    const { vocab, merges } = json.model;
    return { file: "tokenizer.json", vocab, merges, added: json.added_tokens };
  }
  const original = join(folder, openAiVocabularyFile);
  if (existsSync(original)) {
    return { file: openAiVocabularyFile, ...(await openAiVocabulary(original)) };
  }
  const vocab = await readJson(folder, "vocab.json");
  const merges = await readText(folder, "merges.txt");
  if (vocab === undefined || merges === undefined) {
    throw new FileFault(
      "there are neither vocab.json and merges.txt nor a tokenizer.json with vocabulary and merges",
    );
  }
  const lines = merges.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#version"));
  return { file: "vocab.json", vocab, merges: lines, added: json?.added_tokens };
}
