import { realpath } from "node:fs/promises";
import { join, relative } from "node:path";
import { KernelError } from "../../errors.ts";
import { unreadable } from "../../shared/regular-file.ts";
import { commonFolder } from "../common-folder.ts";
import type { StoredTensor, Weights } from "../weights.ts";
import { readHeader } from "./header.ts";
import { readShards } from "./shards.ts";

/**
 * The tensors of `file` in `folder`. The file is a .safetensors file or the index of a sharded checkpoint:
 * `.safetensors.index.json`, for a variant `.safetensors.index.fp16.json`. It reads headers, no tensors, and follows links.
 * LOAD_FAILED for what is missing or unsound, with the file and the numbers. Format: https://github.com/huggingface/safetensors
 */
export async function openSafetensors(folder: string, file: string): Promise<Weights> {
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
    const { entries, file: identity } = await readHeader(path);
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
