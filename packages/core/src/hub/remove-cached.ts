import { existsSync } from "node:fs";
import { readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { KernelError } from "../errors.ts";
import { formatBytes } from "../format-bytes.ts";
import { bytesOf, cachedFiles } from "./cached-files.ts";
import type { CachedEntry } from "./cached-files.ts";
import { cachedModels } from "./cached-models.ts";
import type { CachedModel, CachedRevision } from "./cached-models.ts";
import { isSameRepo } from "./hub-name.ts";
import type { Hub } from "./hub-name.ts";
import { isFilling } from "./incomplete-file.ts";

/** What `removeCached` removed. */
export interface RemovedModel {
  readonly repo: string;
  /** The commits that are gone. */
  readonly commits: readonly string[];
  /** Bytes of the files that are gone. A file that another revision has too is not among them. */
  readonly bytes: number;
}

/**
 * Removes a repository from the cache that `env` names for a hub, or one revision of it, a commit, the beginning of one of 7 digits or more, a
 * branch or a tag, with the files that only it uses. The last revision takes the repository with it. Resolves to undefined when
 * the cache does not have it. LOAD_FAILED while a download of it is alive.
 */
export async function removeCached(
  repo: string,
  revision?: string,
  env: NodeJS.ProcessEnv = process.env,
  hub: Hub = "huggingface",
): Promise<RemovedModel | undefined> {
  const models = await cachedModels(env, hub);
  const model = models.find((each) => isSameRepo(each.repo, repo));
  if (!model) return undefined;
  const removed =
    revision === undefined ? model.revisions : model.revisions.filter(isCalled(revision));
  if (revision !== undefined && removed.length !== 1) return undefined;
  await refuseWhileFilling(model);
  const before = await bytesOnDisk(model);
  const kept = model.revisions.filter((each) => !removed.includes(each));
  if (kept.length === 0) await removeAll(model);
  else for (const each of removed) await removeRevision(model, each, kept);
  const bytes = before - (await bytesOnDisk(model));
  return { repo: model.repo, commits: removed.map(({ commit }) => commit), bytes };
}

function isCalled(revision: string): (each: CachedRevision) => boolean {
  const isShort = /^[0-9a-f]{7,}$/.test(revision);
  return ({ commit, refs }) => refs.includes(revision) || (isShort && commit.startsWith(revision));
}

async function refuseWhileFilling({ repo, folder, incompleteBytes }: CachedModel): Promise<void> {
  const blobs = await cachedFiles(join(folder, "blobs"));
  const filling = await Promise.all(blobs.map(({ absolute }) => isFilling(absolute)));
  if (!filling.includes(true)) return;
  throw new KernelError(
    "LOAD_FAILED",
    `${repo} is being downloaded, ${formatBytes(incompleteBytes)} so far, and was not removed. End that download, or wait for it, and remove it then.`,
  );
}

/** The links go before what they lead to, so that a removal which is cut short leaves no model that looks whole. */
async function removeAll({ folder }: CachedModel): Promise<void> {
  for (const part of ["refs", "trees", "snapshots", "blobs", ""])
    await rm(join(folder, part), { recursive: true, force: true });
}

async function removeRevision(
  { folder }: CachedModel,
  { commit, refs }: CachedRevision,
  kept: readonly CachedRevision[],
): Promise<void> {
  const snapshot = join(folder, "snapshots", commit);
  const mine = await blobsOf(snapshot);
  const others = await Promise.all(
    kept.map((each) => blobsOf(join(folder, "snapshots", each.commit))),
  );
  const used = new Set(others.flat());
  for (const ref of refs) await rm(join(folder, "refs", ref), { force: true });
  await rm(join(folder, "trees", `${commit}.json`), { force: true });
  await rm(snapshot, { recursive: true, force: true });
  const blobs = await realpath(join(folder, "blobs")).catch(() => folder);
  for (const name of await readdir(blobs).catch((): string[] => [])) {
    const path = await realpath(join(blobs, name)).catch(() => "");
    // A blob may itself be a link, into a store that several caches share: that store's file stays.
    if (mine.includes(path) && !used.has(path)) await rm(join(blobs, name), { force: true });
  }
}

/** The files that a snapshot's links lead to in the end. */
async function blobsOf(snapshot: string): Promise<readonly string[]> {
  const entries = await cachedFiles(snapshot);
  const paths = entries.map(({ absolute }) => realpath(absolute).catch(() => ""));
  return (await Promise.all(paths)).filter((path) => path !== "");
}

async function bytesOnDisk({ folder }: CachedModel): Promise<number> {
  if (!existsSync(folder)) return 0;
  const entries = await cachedFiles(folder);
  return bytesOf(entries.filter(({ own }: CachedEntry) => !own.isSymbolicLink()));
}
