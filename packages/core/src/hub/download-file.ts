import { setTimeout } from "node:timers/promises";
import { abortError, KernelError } from "../errors.ts";
import { Attempts, Interruption } from "./attempts.ts";
import { isWhole } from "./cached-repo.ts";
import type { CachedRepo } from "./cached-repo.ts";
import type { HubClient } from "./hub-client.ts";
import { etagOf, hashOf } from "./hub-file.ts";
import type { HubFile } from "./hub-file.ts";
import { IncompleteFile } from "./incomplete-file.ts";
import { tracing } from "../tracing.ts";
import type { DownloadEvent } from "../tracing.ts";

/** Milliseconds between two looks at a download of another process. */
const lookAgain = 250;

/** Where files come from and go to. */
export interface Download {
  readonly client: HubClient;
  readonly commit: string;
  readonly cached: CachedRepo;
  /** Attempts in a row that may come to nothing. */
  readonly attempts: number;
  readonly signal: AbortSignal;
}

/**
 * Puts a file's blob into the cache, unless it is there. What an attempt brought is kept, and the next one goes on from there.
 * Nothing becomes a blob but bytes whose number and hash are the listing's; of a file without a hash, bytes whose number is, while
 * the revision still is the commit. `heard` gets the bytes so far.
 */
export async function downloadFile(
  file: HubFile,
  download: Download,
  heard: (bytes: number) => void,
): Promise<void> {
  const { cached, signal } = download;
  const blob = cached.blob(file);
  while (!(await isWhole(blob, file.size))) {
    const taken = await IncompleteFile.take(blob, () => hashOf(file));
    if (taken instanceof IncompleteFile) {
      // Who had it may have finished it after it was looked for.
      if (await isWhole(blob, file.size)) await taken.discard();
      else await traced(taken, file, download, heard);
    } else {
      heard(Math.min(taken.elsewhere, file.size));
      await setTimeout(lookAgain, undefined, { signal }).catch(() => {
        throw abortError(signal);
      });
    }
  }
  heard(file.size);
}

function traced(
  incomplete: IncompleteFile,
  file: HubFile,
  download: Download,
  heard: (bytes: number) => void,
): Promise<void> {
  const { repo } = download.client.protocol.name;
  const event: DownloadEvent = { repo, file: file.path, bytes: 0 };
  const came = (more: number): void => {
    event.bytes += more;
    heard(incomplete.length);
  };
  return tracing.hubDownload.tracePromise(
    () => fillAndFinish(incomplete, file, download, came),
    event,
  );
}

/** `came` is told how many bytes more have come. */
async function fillAndFinish(
  incomplete: IncompleteFile,
  file: HubFile,
  download: Download,
  came: (bytes: number) => void,
): Promise<void> {
  const takenOver = incomplete.length;
  try {
    await fill(incomplete, file, download, came);
  } catch (error) {
    await incomplete.leave();
    throw error;
  }
  if (file.isUnhashed) {
    await confirm(incomplete, download);
    return incomplete.finish();
  }
  if (incomplete.digest() === etagOf(file)) return incomplete.finish();
  await incomplete.discard();
  // Bytes that another process left may be wrong. Then all comes from the server once more.
  if (takenOver > 0) return;
  const { name, doubt } = download.client.protocol;
  throw new KernelError(
    "LOAD_FAILED",
    `${file.path} of ${name.repo} at ${name.revision} came with the right ${file.size} bytes and the wrong hash: not ${etagOf(file)}. Nothing of it is kept. ${doubt}`,
  );
}

/** Throws the bytes away when they may be another commit's: there is no hash that would tell. */
async function confirm(incomplete: IncompleteFile, download: Download): Promise<void> {
  try {
    await download.client.confirm(download.commit, download);
  } catch (error) {
    await incomplete.discard();
    throw error;
  }
}

/** Appends until the size is reached. */
async function fill(
  incomplete: IncompleteFile,
  file: HubFile,
  { client, commit, attempts: max, signal }: Download,
  came: (bytes: number) => void,
): Promise<void> {
  const attempts = new Attempts(`${file.path} of ${client.protocol.name.repo}`, max, signal);
  let reached = incomplete.length;
  if (incomplete.length > file.size) await incomplete.restart();
  while (incomplete.length < file.size) {
    try {
      await attempt(incomplete, file, { client, commit, signal }, (more) => {
        came(more);
        // A server that begins anew each time comes no further.
        if (incomplete.length > reached) attempts.progressed();
        reached = Math.max(reached, incomplete.length);
      });
    } catch (error) {
      await attempts.after(error);
    }
  }
}

async function attempt(
  incomplete: IncompleteFile,
  { path, size }: HubFile,
  { client, commit, signal }: Pick<Download, "client" | "commit" | "signal">,
  appended: (bytes: number) => void,
): Promise<void> {
  using watch = client.watch(signal);
  const response = await client.open(path, commit, incomplete.length, watch);
  const { status } = response;
  const isRest = status === 206 && beginsAt(response, incomplete.length, size);
  if (!isRest) await incomplete.restart();
  if (status === 206 && !isRest) throw new Interruption("other bytes came than were asked for");
  if (status === 416) throw new Interruption("the server has no bytes after those that came (416)");
  for await (const bytes of bodyOf(response, watch)) {
    if (incomplete.length + bytes.length > size) {
      await incomplete.restart();
      throw new Interruption(`more than its ${size} bytes came`);
    }
    await incomplete.append(bytes);
    appended(bytes.length);
  }
  if (incomplete.length === size) return;
  const message = `the connection ended after ${incomplete.length} of ${size} bytes`;
  throw new Interruption(message);
}

/** Whether the bytes of a 206 are those from an offset on. */
function beginsAt({ headers }: Response, from: number, size: number): boolean {
  const [, first, total] =
    /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
  return Number(first) === from && (total === "*" || Number(total) === size);
}

/** The next bytes are asked for while the last are written: what waits in the stream is lost when the connection breaks. */
async function* bodyOf(
  { body }: Response,
  watch: ReturnType<HubClient["watch"]>,
): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  if (!reader) return;
  const read = () => {
    const reading = reader.read();
    reading.catch(() => {});
    return reading;
  };
  for (let reading = read(); ;) {
    const { done, value } = await reading.catch((error: unknown) => {
      throw watch.interruption(error);
    });
    if (done) return;
    watch.heard();
    reading = read();
    yield value;
  }
}
