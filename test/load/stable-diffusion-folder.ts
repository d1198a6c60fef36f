import { readFile, mkdtemp, rm, statfs } from "node:fs/promises";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";
import { writeFolder } from "../../packages/plugin-diffusion/test/pictures/synthetic-folder.ts";

const published = new URL(
  "../../packages/plugin-diffusion/test/fixtures/stable-diffusion-v1.5/files.json",
  import.meta.url,
);

/** Bytes that the files take on disk, and that a picture takes in memory. */
const needed = { disk: 2.5e9, memory: 10e9 };

/** The reason why a picture of full size cannot be made here; undefined where it can. */
export async function shortOf(): Promise<string | undefined> {
  const { bavail, bsize } = await statfs(tmpdir());
  const disk = bavail * bsize;
  const memory = process.availableMemory?.() ?? freemem();
  if (disk < needed.disk)
    return `${tmpdir()} has ${gigabytes(disk)} free of ${gigabytes(needed.disk)}`;
  if (memory < needed.memory)
    return `the memory has ${gigabytes(memory)} free of ${gigabytes(needed.memory)}`;
  return undefined;
}

/** Writes Stable Diffusion 1.5 as published in half precision, with 1,066 million synthetic weights. Disposal removes the folder. */
export async function stableDiffusionFolder(): Promise<
  { readonly path: string } & AsyncDisposable
> {
  const path = await mkdtemp(join(tmpdir(), "kindred-sd15-"));
  const files = JSON.parse(await readFile(published, "utf8"));
  await writeFolder(path, { dtype: "F16", modern: false, files });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
