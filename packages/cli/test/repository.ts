import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fixture } from "../../plugin-embedding/test/fixture.ts";

/** A small embedder's files, and one that nobody reads. */
export async function repository(): Promise<Readonly<Record<string, Buffer>>> {
  await using model = await fixture("bge-tiny");
  return { ...(await filesOf(model.path)), "tf_model.h5": Buffer.alloc(5_000_000) };
}

/** The files of a folder, by their relative paths. */
export async function filesOf(folder: string): Promise<Readonly<Record<string, Buffer>>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const read = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(folder.length + 1), await readFile(path)] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}
