import { isAbsolute, join, normalize } from "node:path";
import { KernelError } from "../../errors.ts";
import { maxJsonBytes } from "../../shared/model-json.ts";
import { readRegularFile, unreadable } from "../../shared/regular-file.ts";
import { parseJson } from "./parse-json.ts";

/** Files of one checkpoint. The largest published ones have 163. */
const maxShards = 1000;

/** The `weight_map` of a sharded checkpoint's index: by tensor, the file of the folder that has it. LOAD_FAILED when unsound. */
export async function readShards(folder: string, index: string): Promise<Map<string, string>> {
  const path = join(folder, index);
  const bytes = await readRegularFile(path, maxJsonBytes).catch((cause: unknown) => {
    const message = `"${path}" cannot be read: ${unreadable(cause)}. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  });
  const { weight_map: shards } = parseJson(bytes.toString("utf8"), path);
  if (typeof shards !== "object" || shards === null) {
    throw new KernelError("LOAD_FAILED", `"${path}" has no weight_map. Fetch it again.`);
  }
  if (Object.keys(shards).length === 0) {
    throw new KernelError("LOAD_FAILED", `"${path}" has an empty weight_map. Fetch it again.`);
  }
  const files = new Set(Object.values(shards)).size;
  if (files > maxShards) {
    const message = `"${path}" names ${files} files; at most ${maxShards} are opened. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  return new Map(Object.entries(shards).map(([name, file]) => [name, check(path, name, file)]));
}

function check(path: string, name: string, file: unknown): string {
  const inside =
    typeof file === "string" && !isAbsolute(file) && !/^\.\.([\\/]|$)/.test(normalize(file));
  if (inside) return file;
  const message = `"${path}" says "${name}" is in ${JSON.stringify(file)}, which is not a file of its folder. Fetch it again.`;
  throw new KernelError("LOAD_FAILED", message);
}
