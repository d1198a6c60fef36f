import { join } from "node:path";
import type { TokenizerBounds } from "./tokenizer-process.ts";

/** A model's folder, as far as a tokenizer needs it. A `ModelFolder` is one. */
export interface TokenizerFolder {
  /** Absolute. */
  readonly path: string;
  /** A small JSON file, parsed; undefined when there is none. */
  json(file: string): any;
}

export interface OpenTokenizerOptions {
  /** Gives up the opening at once, with its reason. A load passes its `LoadContext.signal`. Default: nothing does. */
  readonly signal?: AbortSignal;
  /** The subfolder that holds its files: "tokenizer_2". Default: the folder itself. */
  readonly directory?: string;
  /** Lower-cases texts before the tokenizer normalises them itself, as sentence-transformers' `do_lower_case` does. Default false. */
  readonly lowercase?: boolean;
  /** How long its process may take. */
  readonly bounds?: TokenizerBounds;
}

/** The folder that holds a tokenizer's own files. Its `json` gives {} for a file that is not there. */
export function tokenizerFolder(
  model: TokenizerFolder,
  { directory = "" }: OpenTokenizerOptions,
): TokenizerFolder {
  return {
    path: join(model.path, directory),
    json: (file) => model.json(directory ? `${directory}/${file}` : file) ?? {},
  };
}
