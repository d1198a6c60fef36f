import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fixture } from "../../plugin-embedding/test/fixture.ts";

/** A small embedder's files, and one that nobody reads. */
export async function repository(): Promise<Readonly<Record<string, Buffer>>> {
  await using model = await fixture("bge-tiny");
  const names = await readdir(model.path, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const read = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(model.path.length + 1), await readFile(path)] as const;
  });
  const entries = [...(await Promise.all(read)), ["tf_model.h5", Buffer.alloc(5_000_000)] as const];
  return Object.fromEntries(entries);
}
