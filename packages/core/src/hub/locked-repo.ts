import { realpath } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { basename, join } from "node:path";
import { abortError, KernelError } from "../errors.ts";
import { isWhole } from "./cached-repo.ts";
import type { CachedRepo } from "./cached-repo.ts";
import { etagOf, hashOf } from "./hub-file.ts";
import type { HubFile } from "./hub-file.ts";
import { asListed, difference } from "./models-lock.ts";
import type { LockedModel } from "./models-lock.ts";

/** Holds one name to what a lock says of it. Every refusal is a LOAD_FAILED that says what to do. */
export class LockedRepo {
  /** The name as it is typed and locked. */
  readonly source: string;
  readonly model: LockedModel;
  readonly #file: string;
  /** Whether files that are in the cache are read and hashed, rather than told by their names and sizes. */
  readonly #verify: boolean;

  /** `file` is the lock's own name. */
  constructor(source: string, model: LockedModel, { file, verify }: LockChecks) {
    this.source = source;
    this.model = model;
    this.#file = file;
    this.#verify = verify;
  }

  /** The locked files in place of a listing that cannot be had. */
  get files(): readonly HubFile[] {
    return [...this.model.files].map(([path, file]) => asListed(path, file));
  }

  has(path: string): boolean {
    return this.model.files.has(path);
  }

  /** Refuses a listing that has other files than the lock. It may have more. */
  checkListing(files: readonly HubFile[]): void {
    const listed = new Map(files.map((file) => [file.path, file]));
    for (const [path, locked] of this.model.files) {
      const differs = difference(locked, listed.get(path));
      if (differs !== undefined) {
        throw this.#refusal(
          `is listed in another way than ${this.#file} has it: ${path} ${differs}. Look for a mirror or a cache that was altered.`,
        );
      }
    }
  }

  /** Refuses to read files that the lock does not have. */
  checkChosen(paths: readonly string[]): void {
    const extra = paths.find((path) => !this.has(path));
    if (extra === undefined) return;
    throw this.#refusal(`needs ${extra}, which ${this.#file} does not have.`);
  }

  /**
   * Refuses files of the snapshot that are not the locked ones. One that is a link to the blob of the right name and size is taken
   * for it, as what is written there was hashed, unless `verify` is set; any other is hashed.
   */
  async checkCached(
    files: readonly HubFile[],
    cached: CachedRepo,
    signal: AbortSignal,
  ): Promise<void> {
    for (const file of files) {
      const path = join(cached.snapshot(this.model.commit), file.path);
      const isNamed = basename(await realpath(path)) === etagOf(file);
      if (isNamed && !this.#verify && (await isWhole(path, file.size))) continue;
      const hash = await digestOf(path, file, signal);
      if (hash === etagOf(file)) continue;
      const source = this.model.hub ? ` --source ${this.model.hub}` : "";
      throw new KernelError(
        "LOAD_FAILED",
        `${file.path} of ${this.model.repo} in the cache is not the file of ${this.#file}: it has the hash ${hash}, not ${etagOf(file)}. Fetch it anew by: kindred remove${source} ${this.model.repo}; kindred pull --locked ${this.source}`,
      );
    }
  }

  #refusal(what: string): KernelError {
    const { repo, commit } = this.model;
    const advice = `If that is meant, lock it anew by: kindred pull --lock ${this.source}`;
    return new KernelError("LOAD_FAILED", `${repo} at ${commit.slice(0, 7)} ${what} ${advice}`);
  }
}

export interface LockChecks {
  readonly file: string;
  readonly verify: boolean;
}

async function digestOf(path: string, file: HubFile, signal: AbortSignal): Promise<string> {
  const hash = hashOf(file);
  for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) {
    if (signal.aborted) throw abortError(signal);
    hash.update(bytes as Buffer);
  }
  return hash.digest("hex");
}
