import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Shown } from "@kindred/core";
import { jsonSlices } from "@kindred/server-koa";

/** Prints a reply's text and writes its files to `output`, numbered when there are several. */
export async function printShown({ text, files = [] }: Shown, output?: string): Promise<void> {
  if (output === undefined) {
    const what = files.length === 1 ? "a file" : `${files.length} files`;
    process.stdout.write(`${text}\n`);
    if (files.length > 0)
      process.stderr.write(`The reply has ${what}. Write -o FILE to keep it.\n`);
    return;
  }
  if (files.length === 0) return writeFile(output, `${text}\n`);
  process.stdout.write(`${text}\n`);
  for (const [i, { bytes }] of files.entries()) {
    await writeFile(files.length === 1 ? output : numbered(output, i + 1), bytes);
  }
}

/** Writes JSON to `output` or the terminal. Typed arrays stand for arrays of numbers. */
export async function printJson(value: unknown, output?: string): Promise<void> {
  const slices = Readable.from(jsonSlices(value));
  if (output !== undefined) return writeFile(output, slices);
  await pipeline(slices, process.stdout, { end: false });
  process.stdout.write("\n");
}

/** "fox.png" becomes fox-1.png, fox-2.png … */
function numbered(path: string, number: number): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${number}${extension}`;
}
