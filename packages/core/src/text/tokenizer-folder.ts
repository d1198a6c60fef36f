import { join } from "node:path";

/** A model's folder, as far as a tokenizer needs it. A `ModelFolder` is one. */
export interface TokenizerFolder {
  /** Absolute. */
  readonly path: string;
  /** A small JSON file, parsed; undefined when there is none. */
  json(file: string): any;
}

export interface OpenTokenizerOptions {
  /** The subfolder that holds its files: "tokenizer_2". Default: the folder itself. */
  readonly directory?: string;
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
