import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { abortError } from "../errors.ts";
import { isWhole } from "./cached-repo.ts";
import type { CachedRepo } from "./cached-repo.ts";
import type { HubFile } from "./hub-file.ts";

/**
 * Makes a file of another client's folder the blob, by a hard link, when its SHA-256 is the listing's. Resolves to whether the blob is
 * there, by that or from before. Where the file system refuses hard links, it is not.
 */
export async function adoptBlob(
  file: HubFile,
  cached: CachedRepo,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const blob = cached.blob(file);
  if (await isWhole(blob, file.size)) return true;
  for (const path of folders.map((folder) => join(folder, file.path))) {
    if (!(await isWhole(path, file.size)) || !(await hasHash(path, file, signal))) continue;
    await mkdir(dirname(blob), { recursive: true });
    await link(path, blob).catch(() => {});
    if (await isWhole(blob, file.size)) return true;
  }
  return false;
}

async function hasHash(path: string, { sha256 }: HubFile, signal: AbortSignal): Promise<boolean> {
  if (sha256 === undefined) return false;
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  } catch {
    if (signal.aborted) throw abortError(signal);
    return false;
  }
  return hash.digest("hex") === sha256;
}
