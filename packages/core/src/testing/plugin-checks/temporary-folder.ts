import { copyFile, link, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Lends an empty folder, and removes it when `use` has ended. Its path is absolute, symlinks resolved. */
export async function withTemporaryFolder<T>(use: (path: string) => Promise<T>): Promise<T> {
  const path = await mkdtemp(join(await realpath(tmpdir()), "kindred-checks-"));
  try {
    return await use(path);
  } finally {
    await rm(path, { recursive: true });
  }
}

/** Gives a folder files of another one, by relative path. On one device no bytes are copied. */
export async function copyFiles(from: string, to: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const [source, target] = [await realpath(join(from, file)), join(to, file)];
    await mkdir(dirname(target), { recursive: true });
    await link(source, target).catch(() => copyFile(source, target));
  }
}

/** Replaces a copied file by an empty one, a JSON file by {}. The original stays as it is. */
export async function damageFile(path: string): Promise<void> {
  await rm(path);
  await writeFile(path, path.endsWith(".json") ? "{}" : "");
}
