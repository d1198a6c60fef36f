import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { typeOf } from "./stored-file.ts";
import type { StoredFile } from "./stored-file.ts";

/** The names of a store's files: 192 random bits, an extension, and ".part" while the file is being written. */
const ours = /^[\w-]{32}\.(?<extension>[a-z]+)(?<part>\.part)?$/;
/** Milliseconds after which a file that is still being written is taken for abandoned. */
const maxWriting = 60_000;

/** The files that earlier servers left in a store's directory, oldest first. Unfinished ones are removed. */
export async function foundFiles(directory: string, lifetime: number): Promise<StoredFile[]> {
  const found: StoredFile[] = [];
  for (const name of await namesIn(directory)) {
    const { extension, part } = ours.exec(name)?.groups ?? {};
    if (!extension) continue;
    const path = join(directory, name);
    const stats = await lstat(path).catch(() => undefined);
    if (!stats?.isFile()) continue;
    const { size, mtimeMs } = stats;
    if (!part) {
      found.push({ name, path, type: typeOf(extension), size, expires: mtimeMs + lifetime });
    } else if (mtimeMs + maxWriting < Date.now()) {
      await rm(path, { force: true });
    }
  }
  return found.toSorted((a, b) => a.expires - b.expires);
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
