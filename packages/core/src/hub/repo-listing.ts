import { KernelError } from "../errors.ts";
import { Interruption } from "./attempts.ts";
import type { CachedRepo } from "./cached-repo.ts";
import { matchesAny } from "./glob.ts";
import type { HubClient, Patience } from "./hub-client.ts";
import { isHex } from "./hub-file.ts";
import type { HubFile } from "./hub-file.ts";
import type { HubProtocol } from "./hub-protocol.ts";
import type { LockedRepo } from "./locked-repo.ts";

export interface RepoListingOptions {
  readonly protocol: HubProtocol;
  readonly client: HubClient;
  readonly cached: CachedRepo;
  /** Absent for a repository that no lock has. */
  readonly locked: LockedRepo | undefined;
}

/** What a repository has: as the cache keeps it, as its hub lists it, or where nobody can be asked as a lock has it. */
export class RepoListing {
  readonly #protocol: HubProtocol;
  readonly #client: HubClient;
  readonly #cached: CachedRepo;
  readonly #locked: LockedRepo | undefined;

  constructor({ protocol, client, cached, locked }: RepoListingOptions) {
    this.#protocol = protocol;
    this.#client = client;
    this.#cached = cached;
    this.#locked = locked;
  }

  /** The commit that the revision stands for today. */
  async commit(patience: Patience): Promise<string> {
    const { revision } = this.#protocol.name;
    return isHex(revision, 40) ? revision : this.#client.commit(patience);
  }

  /** The files of a commit that are part of the model, by their paths. LOAD_FAILED where a lock has others. */
  async files(commit: string, patience: Patience): Promise<readonly HubFile[]> {
    const all = await this.#filesOf(commit, patience);
    this.#locked?.checkListing(all);
    return all
      .filter(({ path }) => isShown(path) && this.#isIncluded(path))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** All files of a commit, which never change. */
  async #filesOf(commit: string, patience: Patience): Promise<readonly HubFile[]> {
    const known = await this.#cached.files(commit);
    if (known) return known;
    if (this.#locked && this.#protocol.settings.offline) return this.#locked.files;
    try {
      const files = await this.#client.files(commit, patience);
      // A cache that nobody may write can still have the files.
      await this.#cached.keepFiles(commit, files).catch(() => {});
      return files;
    } catch (error) {
      if (!this.#locked || !isUnreachable(error)) throw error;
      return this.#locked.files;
    }
  }

  #isIncluded(path: string): boolean {
    return matchesAny(path, this.#protocol.name.include) || this.#locked?.has(path) === true;
  }
}

/** Hidden files are no part of a model. */
function isShown(path: string): boolean {
  return !path.split("/").some((part) => part.startsWith("."));
}

/** Whether it failed since nobody answered, or only that nobody can now. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof KernelError && error.cause instanceof Interruption;
}
