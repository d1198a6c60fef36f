import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Makes what a folder has of the name `file`. */
type Make = (file: string) => unknown;

const words = { type: "WordLevel", vocab: { "[UNK]": 0, a: 1, x: 2 }, unk_token: "[UNK]" };

/** A `tokenizer.json` that is sound but for these members. */
export function json(members: object): Make {
  const whole = { version: "1.0", added_tokens: [], model: words, ...members };
  return (file) => writeFile(file, JSON.stringify(whole));
}

/** A table of sentencepiece's normaliser of these bytes. */
export function table(...bytes: number[]): Make {
  const precompiled_charsmap = Buffer.from(bytes).toString("base64");
  return json({ normalizer: { type: "Precompiled", precompiled_charsmap } });
}

/** A normaliser that doubles one piece of a text again and again. */
export function doubling(piece: object, content: string, times: number): Make {
  const once = { type: "Replace", pattern: piece, content };
  return json({ normalizer: { type: "Sequence", normalizers: Array(times).fill(once) } });
}

/** A search of a pattern that backtracks: each further "x" doubles its time. */
export function backtracking(place: "normalizer" | "pre_tokenizer", pattern: string): Make {
  const search = { pattern: { Regex: pattern } };
  return json({
    [place]:
      place === "normalizer"
        ? { type: "Replace", ...search, content: "a" }
        : { type: "Split", ...search, behavior: "Isolated", invert: false },
  });
}

/** A `tokenizer.json` whose vocabulary is that JSON. */
export function vocabulary(text: string): Make {
  const whole = { version: "1.0", added_tokens: [], model: { ...words, vocab: {} } };
  return (file) =>
    writeFile(
      file,
      JSON.stringify(whole).replace("{}", () => text),
    );
}

export const pipe: Make = (file) => execFileSync("mkfifo", [file]);

export const device: Make = (file) => symlink("/dev/zero", file);

export const folder: Make = (file) => mkdir(file);

export const linkToItself: Make = (file) => symlink(file, file);

/** A file of so many zeros, which take no room on the disk. */
export function zeros(bytes: number): Make {
  return async (file) => {
    await writeFile(file, "");
    await truncate(file, bytes);
  };
}

/** Writes a folder with one file, into `parent`. Gives its path. */
export async function hostileFolder(parent: string, file: string, make: Make): Promise<string> {
  const path = await mkdtemp(join(parent, "hostile-"));
  await make(join(path, file));
  return path;
}
