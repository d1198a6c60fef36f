import { join } from "node:path";

/** A model's folder, as far as a tokenizer needs it. */
export interface TokenizerFolder {
  readonly path: string;
  json(file: string): any;
}

export interface OpenTokenizerOptions {
  /** Where in the folder its files lie: "tokenizer_2". Default: the folder itself. */
  readonly directory?: string;
  /** Lower-cases texts before the tokenizer normalises them itself, as sentence-transformers' `do_lower_case` does. Default false. */
  readonly lowercase?: boolean;
}

/** The folder that a tokenizer's own files lie in; its small JSON files are {} where there are none. */
export function tokenizerFolder(
  model: TokenizerFolder,
  { directory = "" }: OpenTokenizerOptions,
): TokenizerFolder {
  return {
    path: join(model.path, directory),
    json: (file) => model.json(directory ? `${directory}/${file}` : file) ?? {},
  };
}
