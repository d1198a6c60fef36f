import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { etagOf, isHex, isStorable } from "./hub-file.ts";
import type { HubFile } from "./hub-file.ts";

/** The `format_version` of `trees/`, as `huggingface_hub` 2.4 writes it. */
const treeVersion = 1;

/**
 * A repository in the cache of Python's `huggingface_hub`, which reads what is written here, and the other way round; or in one of this
 * layout:
 * `blobs/ETAG`, `refs/REVISION`, `snapshots/COMMIT/PATH` and `trees/COMMIT.json`. Every file is written aside and renamed.
 */
export class CachedRepo {
  /** Absolute path of `models--owner--name`. */
  readonly root: string;

  /** `repo` is "owner/name", or "name" for one that has no owner. */
  constructor(cache: string, repo: string) {
    this.root = join(cache, `models--${repo.replace("/", "--")}`);
  }

  snapshot(commit: string): string {
    return join(this.root, "snapshots", commit);
  }

  blob(file: HubFile): string {
    return join(this.root, "blobs", etagOf(file));
  }

  /** The commit of a revision: itself, or what `refs/` says. undefined when it is not known. */
  async commit(revision: string): Promise<string | undefined> {
    if (isHex(revision, 40)) return revision;
    const text = await readFile(join(this.root, "refs", revision), "utf8").catch(() => "");
    return isHex(text.trim(), 40) ? text.trim() : undefined;
  }

  async keepCommit(revision: string, commit: string): Promise<void> {
    if (revision === commit || (await this.commit(revision)) === commit) return;
    await writeAside(join(this.root, "refs", revision), commit);
  }

  /** All files of a commit; undefined when they are not known, or were written in a way that is not. */
  async files(commit: string): Promise<readonly HubFile[] | undefined> {
    try {
      const text = await readFile(this.#tree(commit), "utf8");
      const { format_version: version, files } = JSON.parse(text);
      if (version !== treeVersion) return undefined;
      const listed = Object.entries<any>(files).map(([name, facts]) => fileOf(name, facts));
      return listed.every(isStorable) ? listed : undefined;
    } catch {
      return undefined;
    }
  }

  async keepFiles(commit: string, files: readonly HubFile[]): Promise<void> {
    const entries = files.map((file) => [file.path, factsOf(file)] as const);
    const tree = { format_version: treeVersion, files: Object.fromEntries(entries) };
    await writeAside(this.#tree(commit), JSON.stringify(tree, null, 1));
  }

  /** Whether a commit's file is in its snapshot, whole. */
  async has(commit: string, { path, size }: HubFile): Promise<boolean> {
    return isWhole(join(this.snapshot(commit), path), size);
  }

  /** Shows a blob under a commit, by a relative link; a hard link on file systems that let nobody make those. */
  async show(commit: string, file: HubFile): Promise<void> {
    const path = join(this.snapshot(commit), file.path);
    await mkdir(dirname(path), { recursive: true });
    const blob = this.blob(file);
    const aside = hiddenBeside(path);
    await symlink(relative(dirname(path), blob), aside).catch(() => link(blob, aside));
    await rename(aside, path);
  }

  #tree(commit: string): string {
    return join(this.root, "trees", `${commit}.json`);
  }
}

/** Whether there is a file of this size. Links are followed. */
export async function isWhole(path: string, size: number): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile() && stats.size === size,
    () => false,
  );
}

async function writeAside(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const aside = hiddenBeside(path);
  try {
    await writeFile(aside, text);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** A name that nobody lists, and nobody else takes. */
function hiddenBeside(path: string): string {
  return join(dirname(path), `.${randomBytes(8).toString("hex")}.aside`);
}

function fileOf(path: string, facts: any): HubFile {
  const { size, blob_id, lfs_sha256, lfs_size, xet_hash, is_unhashed } = facts;
  return {
    path,
    size: lfs_size ?? size,
    blobId: blob_id,
    ...(typeof lfs_sha256 === "string" && { sha256: lfs_sha256 }),
    ...(isHex(xet_hash, 64) && { xetHash: xet_hash }),
    ...(is_unhashed === true && { isUnhashed: true }),
  };
}

function factsOf({ size, blobId, sha256, xetHash, isUnhashed }: HubFile): object {
  return {
    size,
    blob_id: blobId,
    ...(sha256 !== undefined && { lfs_sha256: sha256, lfs_size: size }),
    ...(xetHash !== undefined && { xet_hash: xetHash }),
    ...(isUnhashed && { is_unhashed: true }),
  };
}
