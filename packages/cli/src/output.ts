import { open, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Shown, ShownFile } from "@kindred/core";
import { jsonSlices } from "@kindred/server-koa";
import { inFolder } from "./destination.ts";
import type { Destination } from "./destination.ts";
import { extensionFor, numbered, safeName } from "./file-names.ts";
import { print } from "./print.ts";
import { visibleText } from "./visible-text.ts";

export interface Output {
  /** The model's id, which files are called by that have no other name. */
  readonly model: string;
  readonly destination: Destination;
  /** Whether `-o` was given. */
  readonly kept: boolean;
}

/** Prints a reply's text and writes its files, or with `-o` a text without files. Names that nobody gave are printed. */
export async function printShown({ text, files = [] }: Shown, output: Output): Promise<void> {
  if (files.length === 0 && output.kept) return keep(`${text}\n`, "txt", output);
  printText(text);
  const { file } = output.destination;
  for (const [i, shown] of files.entries()) {
    if (file === undefined) print(`wrote ${await writeNew(shown, output)}`);
    else if (files.length === 1) await writeFile(file, shown.bytes);
    else {
      const { stem, extension } = numbered(file, i + 1);
      print(`wrote ${await writeUnder(stem, extension, shown.bytes)}`);
    }
  }
}

/** Writes JSON to the terminal, or with `-o` to a file. Typed arrays stand for arrays of numbers. */
export async function printJson(value: unknown, output: Output): Promise<void> {
  const slices = jsonSlices(value);
  if (output.kept) return keep(Readable.from(slices), "json", output);
  await pipeline(visible(slices), process.stdout, { end: false });
  print("");
}

/** Writes to the file that `-o` named, or to a new one in the folder that it named. */
async function keep(content: string | Readable, extension: string, output: Output): Promise<void> {
  const { destination, model } = output;
  const { file } = destination;
  if (file !== undefined) return writeFile(file, content);
  print(`wrote ${await writeUnder(inFolder(destination, safeName(model)), extension, content)}`);
}

/** Writes a picture as MODEL-SEED.png. Returns its path. */
function writeNew(
  { type, name, bytes }: ShownFile,
  { model, destination }: Output,
): Promise<string> {
  const stem = [model, name ?? []].flat().map(safeName).join("-");
  return writeUnder(inFolder(destination, stem), extensionFor(type), bytes);
}

/** Writes a file that was not there before: STEM.png, STEM-2.png … Returns its path. */
async function writeUnder(
  stem: string,
  extension: string,
  content: string | Readable | Uint8Array,
): Promise<string> {
  const { path, handle } = await newFile(stem, extension);
  try {
    await writeFile(handle, content);
  } finally {
    await handle.close();
  }
  return path;
}

async function newFile(stem: string, extension: string): Promise<NewFile> {
  const suffix = extension === "" ? "" : `.${extension}`;
  for (let number = 1; ; number++) {
    const path = `${stem}${number > 1 ? `-${number}` : ""}${suffix}`;
    try {
      return { path, handle: await open(path, "wx") };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

interface NewFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** Prints a text as it is, except to a terminal, which would obey it. */
function printText(text: string): void {
  process.stdout.write(`${process.stdout.isTTY ? visibleText(text, "\n\t") : text}\n`);
}

/** The same JSON, which a terminal cannot obey either. */
async function* visible(slices: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const slice of slices) yield visibleText(slice);
}
