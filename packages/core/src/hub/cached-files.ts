import { lstat, readdir, stat } from "node:fs/promises";
import type { Dirent, Stats } from "node:fs";
import { join } from "node:path";

/** A path below a folder, as it is on disk. */
export interface CachedEntry {
  /** Relative to the folder, "/"-separated. */
  readonly path: string;
  readonly absolute: string;
  /** Of the entry itself, which may be a link. */
  readonly own: Stats;
  /** Of what a link leads to; undefined where that is no file. */
  readonly file: Stats | undefined;
}

/** All files and links below a folder, in the order of their paths; [] when there is no such folder. Links to folders are not followed. */
export async function cachedFiles(folder: string): Promise<readonly CachedEntry[]> {
  const entries = await below(folder, "");
  const found = entries.map(async (path): Promise<readonly CachedEntry[]> => {
    const absolute = join(folder, path);
    const own = await lstat(absolute).catch(() => undefined);
    if (!own) return [];
    const file = await stat(absolute).catch(() => undefined);
    return [{ path, absolute, own, file: file?.isFile() ? file : undefined }];
  });
  const all = (await Promise.all(found)).flat();
  return all.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Bytes of the files that entries are or lead to, each counted once, however many names it has. */
export function bytesOf(entries: readonly CachedEntry[]): number {
  const files = entries.flatMap(({ file }) => file ?? []);
  const sizes = new Map(files.map(({ dev, ino, size }) => [`${dev} ${ino}`, size]));
  return [...sizes.values()].reduce((all, size) => all + size, 0);
}

async function below(folder: string, path: string): Promise<readonly string[]> {
  const entries = await readdir(join(folder, path), { withFileTypes: true }).catch(
    (): Dirent[] => [],
  );
  const paths = entries.map(async (entry): Promise<readonly string[]> => {
    const name = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) return below(folder, name);
    return entry.isFile() || entry.isSymbolicLink() ? [name] : [];
  });
  return (await Promise.all(paths)).flat();
}
