import { realpath } from "node:fs/promises";
import { join, relative } from "node:path";
import { KernelError } from "../../errors.ts";
import { unreadable } from "../../shared/regular-file.ts";
import { commonFolder } from "../common-folder.ts";
import type { StoredTensor, Weights } from "../weights.ts";
import type { FileTensors } from "./entry.ts";
import { readShards } from "./shards.ts";

/**
 * The tensors of a checkpoint whose `file` in `folder` holds them all, or is the index of its shards: `.index.json`, for a
 * variant `.index.fp16.json`. `read` finds the tensors of one file, by its real path. LOAD_FAILED for what is missing or unsound.
 */
export async function openCheckpoint(
  folder: string,
  file: string,
  read: (path: string) => Promise<FileTensors>,
): Promise<Weights> {
  const shards = /\.index(\.\w+)?\.json$/.test(file) ? await readShards(folder, file) : undefined;
  const files = await Promise.all(
    [...new Set(shards?.values() ?? [file])].map(async (name) => ({
      name,
      path: await locate(join(folder, name)),
    })),
  );
  const root = commonFolder(files.map(({ path }) => path));
  const tensors = new Map<string, StoredTensor>();
  for (const { name: shard, path } of files) {
    const { entries, file: identity } = await read(path);
    for (const { name, ...entry } of entries) {
      if (shards !== undefined && shards.get(name) !== shard) continue;
      tensors.set(name, { ...entry, location: relative(root, path), file: identity });
    }
  }
  for (const [name, shard] of shards ?? []) {
    if (tensors.has(name)) continue;
    const message = `"${join(folder, file)}" says "${name}" is in "${shard}", which does not have it. Fetch both again.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  return { folder: root, names: [...tensors.keys()], get: (name) => tensors.get(name) };
}

async function locate(path: string): Promise<string> {
  return realpath(path).catch((cause: unknown) => {
    const message = `"${path}" cannot be opened: ${unreadable(cause)}. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  });
}
