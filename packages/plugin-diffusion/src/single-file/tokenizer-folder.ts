import { fileURLToPath } from "node:url";
import type { ModelFolder } from "@kindred/core";
import { tokenizerFolder } from "@kindred/core/text";
import type { TokenizerFolder } from "@kindred/core/text";
import { singleFileOf } from "./as-folder.ts";

/** CLIP's vocabulary as OpenAI published it. Single files hold none. */
const shipped = fileURLToPath(new URL("../../assets/clip", import.meta.url));

/**
 * The folder of a component's tokenizer: the model's, or where a single file has none beside it, the one that is
 * shipped here.
 */
export function clipTokenizerFolder(model: ModelFolder, directory: string): TokenizerFolder {
  const own = tokenizerFolder(model, { directory });
  const hasVocabulary = ["tokenizer.json", "vocab.json"].some((name) =>
    model.files.includes(`${directory}/${name}`),
  );
  return singleFileOf(model) && !hasVocabulary ? { ...own, path: shipped } : own;
}
