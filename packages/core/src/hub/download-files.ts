import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { abortError } from "../errors.ts";
import type { LoadProgress } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import { adoptBlob } from "./adopt-blob.ts";
import { isWhole } from "./cached-repo.ts";
import { diskError, refuseIfTooLarge } from "./disk.ts";
import { downloadFile } from "./download-file.ts";
import type { Download } from "./download-file.ts";
import type { HubFile } from "./hub-file.ts";
import { bytesSoFar } from "./incomplete-file.ts";

/** Files that come at the same time. */
const sideBySide = 8;

/**
 * Puts files into a commit's snapshot, several at a time. The call hears of the bytes of all that were missing. The first
 * failure ends the others, whose bytes are kept. LOAD_FAILED when they do not fit on the disk.
 */
export async function downloadFiles(
  files: readonly HubFile[],
  download: Omit<Download, "signal">,
  call: Call<LoadProgress>,
): Promise<void> {
  const { cached, client, commit } = download;
  const { name, settings } = client.protocol;
  const place = { folder: cached.root, repo: name.repo, variable: settings.variables.cache };
  const missing = await missingOf(files, download, call.signal).catch((error: unknown) => {
    throw diskError(error, place);
  });
  if (missing.length === 0) return;
  const ofBlobs = byBlob(missing, download);
  const total = sum(ofBlobs.map(([{ size }]) => size));
  const failed = new AbortController();
  const signal = AbortSignal.any([call.signal, failed.signal]);
  const bytes = new Map<HubFile, number>();
  // The largest first: a long one that began last would come alone.
  const waiting = ofBlobs.toSorted(([a], [b]) => b.size - a.size);
  const work = async (): Promise<void> => {
    for (let same = waiting.shift(); same && !signal.aborted; same = waiting.shift()) {
      const [file] = same;
      await downloadFile(file, { ...download, signal }, (count) => {
        bytes.set(file, count);
        const moved = { name: file.path, done: count, total: file.size };
        call.onEvent({ what: name.repo, done: sum([...bytes.values()]), total, file: moved });
      });
      for (const each of same) await cached.show(commit, each);
    }
  };
  try {
    await mkdir(cached.root, { recursive: true });
    const kept = await Promise.all(ofBlobs.map(([file]) => bytesSoFar(cached.blob(file))));
    await refuseIfTooLarge(total - sum(kept), place);
    const workers = Array.from({ length: sideBySide }, () =>
      work().catch((error: unknown) => failed.abort(error)),
    );
    await Promise.all(workers);
    if (call.signal.aborted) throw abortError(call.signal);
    failed.signal.throwIfAborted();
  } catch (error) {
    throw diskError(error, place);
  }
}

/** Bytes of files that are not in the cache, or whole in another client's folder, minus those that incomplete files have. */
export async function missingBytes(
  files: readonly HubFile[],
  download: Omit<Download, "signal">,
): Promise<number> {
  const { cached, client, commit } = download;
  const { folders } = client.protocol.elsewhere;
  const isThere = async (file: HubFile): Promise<boolean> => {
    const elsewhere = folders.map((folder) => join(folder, file.path));
    const places = [cached.blob(file), ...(file.sha256 === undefined ? [] : elsewhere)];
    const whole = await Promise.all(places.map((path) => isWhole(path, file.size)));
    return whole.includes(true) || cached.has(commit, file);
  };
  const left = byBlob(files, download).map(async ([file]) => {
    if (await isThere(file)) return 0;
    return Math.max(0, file.size - (await bytesSoFar(cached.blob(file))));
  });
  return sum(await Promise.all(left));
}

/** The files that are neither in the snapshot nor, whole, in a folder of another client, which are shown in the snapshot from there. */
async function missingOf(
  files: readonly HubFile[],
  { cached, client, commit }: Omit<Download, "signal">,
  signal: AbortSignal,
): Promise<readonly HubFile[]> {
  const { folders } = client.protocol.elsewhere;
  const isThere = async (file: HubFile): Promise<boolean> => {
    if (await cached.has(commit, file)) return true;
    if (!(await adoptBlob(file, cached, folders, signal))) return false;
    await cached.show(commit, file);
    return true;
  };
  const found = await Promise.all(files.map(isThere));
  return files.filter((_, i) => !found[i]);
}

/** Files of the same bytes: they come once. */
type SameFiles = readonly [HubFile, ...HubFile[]];

function byBlob(
  files: readonly HubFile[],
  { cached }: Omit<Download, "signal">,
): readonly SameFiles[] {
  const found = new Map<string, SameFiles>();
  for (const file of files) {
    const blob = cached.blob(file);
    const [first, ...others] = [...(found.get(blob) ?? []), file];
    found.set(blob, [first ?? file, ...others]);
  }
  return [...found.values()];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
