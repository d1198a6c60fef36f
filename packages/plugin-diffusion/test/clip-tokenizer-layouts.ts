import { readFileSync } from "node:fs";
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The files of a CLIP tokenizer's folder. Vocabulary and merges are fixtures that folders share. */
export interface Layout {
  /** "vocab.json" and "merges.txt", or neither. */
  readonly vocabulary: readonly string[];
  /** The JSON files by name. `tokenizer.json` is without its model. */
  readonly files: Readonly<Record<string, any>>;
}

const fixtures = fileURLToPath(new URL("fixtures/clip/tokenizer", import.meta.url));

/** The layouts of a file in fixtures/clip/tokenizer/layouts. */
export function layoutsOf(name: string): Readonly<Record<string, Layout>> {
  return JSON.parse(readFileSync(join(fixtures, "layouts", `${name}.json`), "utf8"));
}

/** Writes the folder of a layout into `parent`. Gives its path. */
export async function layoutFolder(parent: string, { vocabulary, files }: Layout): Promise<string> {
  const path = await mkdtemp(join(parent, "layout-"));
  for (const file of vocabulary) await cp(join(fixtures, file), join(path, file));
  for (const [file, content] of Object.entries(files)) {
    const json = file === "tokenizer.json" ? { ...content, model: model() } : content;
    await writeFile(join(path, file), JSON.stringify(json));
  }
  return path;
}

function model(): object {
  const vocab = JSON.parse(readFileSync(join(fixtures, "vocab.json"), "utf8"));
  const merges = readFileSync(join(fixtures, "merges.txt"), "utf8").trimEnd().split("\n").slice(1);
  return { type: "BPE", unk_token: "<|endoftext|>", end_of_word_suffix: "</w>", vocab, merges };
}
