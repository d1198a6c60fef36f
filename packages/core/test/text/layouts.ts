import { readFileSync } from "node:fs";
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The files of a tokenizer's folder. Vocabularies and models are fixtures that folders share. */
export interface Layout {
  /** "vocab.txt", or none. */
  readonly vocabulary: readonly string[];
  /** The JSON files by name. `tokenizer.json` is without its model. */
  readonly files: Readonly<Record<string, any>>;
}

export type Layouts = Readonly<Record<string, Layout>>;

/** Kinds of tokenizers, and what config.json of their models says. */
const configs = new Map([
  ["uncased", { model_type: "bert" }],
  ["chinese", { model_type: "bert" }],
  ["xlm-roberta", { model_type: "xlm-roberta" }],
]);

const fixtures = new URL("../fixtures/tokenizer/", import.meta.url);

/** The layouts of a file in fixtures/tokenizer/layouts, by names that begin with the kind. */
export function layoutsOf(name: string): Layouts {
  return JSON.parse(readFileSync(new URL(`layouts/${name}.json`, fixtures), "utf8"));
}

/** Writes the folder of a layout into `parent`. Gives its path. */
export async function layoutFolder(
  parent: string,
  name: string,
  { vocabulary, files }: Layout,
): Promise<string> {
  const [kind = ""] = name.split(/[: ]/);
  const path = await mkdtemp(join(parent, "layout-"));
  const words = fileURLToPath(new URL(`${kind}-vocab.txt`, fixtures));
  for (const file of vocabulary) await cp(words, join(path, file));
  for (const [file, content] of Object.entries({
    "config.json": configs.get(kind) ?? {},
    ...files,
  })) {
    const json = file === "tokenizer.json" ? withModel(kind, content) : content;
    await writeFile(join(path, file), JSON.stringify(json));
  }
  return path;
}

function withModel(kind: string, settings: object): object {
  if (kind === "xlm-roberta") {
    const file = new URL("xlm-roberta-tokenizer.json", fixtures);
    const { normalizer, model } = JSON.parse(readFileSync(file, "utf8"));
    return { normalizer, ...settings, model };
  }
  const pieces = readFileSync(new URL(`${kind}-vocab.txt`, fixtures), "utf8")
    .trimEnd()
    .split("\n");
  const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
  const constants = { continuing_subword_prefix: "##", max_input_chars_per_word: 100 };
  return { ...settings, model: { type: "WordPiece", unk_token: "[UNK]", ...constants, vocab } };
}
