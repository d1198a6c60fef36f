import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isHex } from "./hub-file.ts";
import type { Hub } from "./hub-name.ts";
import { settingsOf } from "./speak.ts";
import { bytesOf, cachedFiles } from "./cached-files.ts";
import type { CachedEntry } from "./cached-files.ts";

/** A repository in the cache of Hugging Face's clients. */
export interface CachedModel {
  /** "owner/name"; "name" alone for the few of Hugging Face's own that have no owner. */
  readonly repo: string;
  /** Absolute path of `models--owner--name`. */
  readonly folder: string;
  /** In the order of their commits. None when only incomplete files are there. */
  readonly revisions: readonly CachedRevision[];
  /** Bytes of whole files on disk. A blob of several revisions counts once. */
  readonly bytes: number;
  /** Bytes that broken or running downloads have so far. */
  readonly incompleteBytes: number;
  /** When a file, a revision or a ref was last written. Reading a model leaves no trace. */
  readonly modified: Date;
}

/** A commit of a repository that is in the cache. */
export interface CachedRevision {
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** Branches and tags that stand for it here. */
  readonly refs: readonly string[];
  /** The files that were fetched, in the order of their paths. */
  readonly files: readonly CachedFile[];
  /** Bytes of its files, those of other revisions too. */
  readonly bytes: number;
  /** Whether every link leads to a file. It says nothing of files that were never fetched. */
  readonly isWhole: boolean;
}

export interface CachedFile {
  /** Relative, "/"-separated. */
  readonly path: string;
  /** Bytes; 0 where its link leads nowhere. */
  readonly bytes: number;
  /** Whether its link leads to a file. */
  readonly isThere: boolean;
}

/**
 * The models in the cache that `env` names for a hub, in the order of their names; [] where there is no cache. It reads the disk only. What is no
 * repository of a model is left out: data sets, spaces, locks, and what else lies there.
 */
export async function cachedModels(
  env: NodeJS.ProcessEnv = process.env,
  hub: Hub = "huggingface",
): Promise<readonly CachedModel[]> {
  const { cache } = settingsOf(hub, env);
  const folders = await readdir(cache).catch((): string[] => []);
  const found = folders.toSorted().map(async (name): Promise<readonly CachedModel[]> => {
    const repo = /^models--((?:(?!--).)+(?:--(?:(?!--).)+)?)$/.exec(name)?.[1];
    return repo === undefined ? [] : cachedModel(repo.replace("--", "/"), join(cache, name));
  });
  return (await Promise.all(found)).flat();
}

async function cachedModel(repo: string, folder: string): Promise<readonly CachedModel[]> {
  const [blobs, snapshots, refs] = await Promise.all([
    cachedFiles(join(folder, "blobs")),
    snapshotsOf(folder),
    refsOf(folder),
  ]);
  const shown = snapshots.flatMap(({ entries }) => entries);
  const all = [...blobs, ...shown, ...refs.map(({ entry }) => entry)];
  const newest = Math.max(...all.map(({ own }) => own.mtimeMs));
  if (all.length === 0) return [];
  const whole = blobs.filter((entry) => !isIncomplete(entry));
  const model = {
    repo,
    folder,
    revisions: snapshots.map((snapshot) => revisionOf(snapshot, refs)),
    bytes: bytesOf([...whole, ...shown]),
    incompleteBytes: bytesOf(blobs.filter(isIncomplete)),
    modified: new Date(newest),
  };
  return [model];
}

function isIncomplete({ path }: CachedEntry): boolean {
  return path.endsWith(".incomplete");
}

interface Snapshot {
  readonly commit: string;
  readonly entries: readonly CachedEntry[];
}

async function snapshotsOf(folder: string): Promise<readonly Snapshot[]> {
  const root = join(folder, "snapshots");
  const names = await readdir(root).catch((): string[] => []);
  const commits = names.filter((name) => isHex(name, 40)).toSorted();
  return Promise.all(
    commits.map(async (commit) => ({ commit, entries: await cachedFiles(join(root, commit)) })),
  );
}

interface Ref {
  readonly name: string;
  readonly commit: string;
  readonly entry: CachedEntry;
}

async function refsOf(folder: string): Promise<readonly Ref[]> {
  const entries = await cachedFiles(join(folder, "refs"));
  const read = entries.map(async (entry) => {
    const text = await readFile(entry.absolute, "utf8").catch(() => "");
    return { name: entry.path, commit: text.trim(), entry };
  });
  return Promise.all(read);
}

function revisionOf({ commit, entries }: Snapshot, refs: readonly Ref[]): CachedRevision {
  const files = entries.map(({ path, file }) => ({
    path,
    bytes: file?.size ?? 0,
    isThere: file !== undefined,
  }));
  return {
    commit,
    refs: refs.filter((ref) => ref.commit === commit).map(({ name }) => name),
    files,
    bytes: bytesOf(entries),
    isWhole: files.every(({ isThere }) => isThere),
  };
}
