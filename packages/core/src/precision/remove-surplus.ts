import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { entryOf } from "./index-entry.ts";

/** Names of the store's files, and of what it is making: it removes no others. */
export const fileName: RegExp = /^[0-9a-f]{64}\.safetensors$/;
const madeName = /^[0-9a-f]{16}\.incomplete(?:\.index)?$/;

/** Milliseconds without a write after which a file that is being made counts as abandoned. */
const abandoned = 10 * 60_000;

export interface Bound {
  /** Bytes of all files that stay, beside those in use. */
  readonly maxBytes: number;
  isUsed(name: string): boolean;
}

/** Removes a store's files beyond a bound, those that were used the longest ago first, and what is abandoned of those that were being made. */
export async function removeSurplus(folder: string, { maxBytes, isUsed }: Bound): Promise<void> {
  const uses = await usesIn(join(folder, "index"));
  const all = await readdir(folder);
  const files = all.filter((name) => fileName.test(name) || madeName.test(name));
  const found = await Promise.all(
    files.map(async (name) => {
      const stats = await stat(join(folder, name)).catch(() => undefined);
      if (!stats?.isFile()) return [];
      return { name, bytes: stats.size, used: Math.max(stats.mtimeMs, uses.get(name) ?? 0) };
    }),
  );
  let bytes = 0;
  for (const each of found.flat().toSorted((a, b) => b.used - a.used)) {
    const isMade = madeName.test(each.name);
    const isOld = Date.now() - each.used > abandoned;
    bytes += each.bytes;
    const isSurplus = isMade ? isOld : bytes > maxBytes && !isUsed(each.name);
    if (isSurplus) await rm(join(folder, each.name), { force: true });
  }
}

/** When each file was last launched from, in ms since 1970: the times of the index's entries. */
async function usesIn(index: string): Promise<ReadonlyMap<string, number>> {
  const uses = new Map<string, number>();
  for (const entry of await readdir(index)) {
    const path = join(index, entry);
    const name = await entryOf(path);
    const stats = await stat(path).catch(() => undefined);
    uses.set(name, Math.max(uses.get(name) ?? 0, stats?.mtimeMs ?? 0));
  }
  return uses;
}
