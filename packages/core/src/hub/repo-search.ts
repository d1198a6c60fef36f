import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { KernelError } from "../errors.ts";
import type { LoadProgress } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import { maxJsonBytes } from "../shared/model-json.ts";
import { readJsonNow } from "../sources/json-file.ts";
import { openModelFolder } from "../sources/model-folder.ts";
import { Interruption } from "./attempts.ts";
import { CachedRepo } from "./cached-repo.ts";
import { downloadFiles, missingBytes } from "./download-files.ts";
import { matchesAny } from "./glob.ts";
import { HubClient } from "./hub-client.ts";
import type { Patience } from "./hub-client.ts";
import { isHex } from "./hub-file.ts";
import type { HubFile } from "./hub-file.ts";
import type { HubName } from "./hub-name.ts";
import type { HubModel, HubOrigin } from "./hub-origin.ts";
import type { HubSettings } from "./hub-settings.ts";
import type { LockedRepo } from "./locked-repo.ts";
import { lockedFiles } from "./models-lock.ts";

/** The most JSON files that are read before a family is chosen; those nearest to the root are. */
const maxJsonFiles = 100;

/** Attempts for a listing, where the snapshot that is there can take its place. */
const attemptsBesideSnapshot = 3;

/** A name to search for, and the members of `HubOptions` that say how. */
export interface RepoSearchOptions {
  readonly name: HubName;
  readonly settings: HubSettings;
  readonly attempts: number;
  readonly refresh: boolean;
  /** Absent for one that no lock has. Otherwise the name's revision is its commit. */
  readonly locked?: LockedRepo;
}

/** The way from one name to its folder. */
export class RepoSearch {
  readonly #name: HubName;
  readonly #settings: HubSettings;
  readonly #attempts: number;
  readonly #refresh: boolean;
  readonly #cached: CachedRepo;
  readonly #client: HubClient;
  readonly #locked: LockedRepo | undefined;

  constructor({ name, settings, attempts, refresh, locked }: RepoSearchOptions) {
    this.#locked = locked;
    this.#name = name;
    this.#settings = settings;
    this.#attempts = attempts;
    this.#refresh = refresh;
    this.#cached = new CachedRepo(settings.cache, name.repo);
    this.#client = new HubClient(settings);
  }

  async find(source: string, call: Call<LoadProgress>): Promise<HubModel> {
    const commit = await this.#cached.commit(this.#name.revision);
    if (this.#locked) {
      const patience = { attempts: this.#attempts, signal: call.signal };
      return this.#listed(commit, patience, call);
    }
    if (this.#settings.offline) return this.#snapshot(source, commit);
    try {
      const known = this.#refresh ? undefined : commit;
      const least = this.#hasSnapshot(commit) ? attemptsBesideSnapshot : Infinity;
      const attempts = Math.min(this.#attempts, least);
      return await this.#listed(known, { attempts, signal: call.signal }, call);
    } catch (error) {
      // Where nobody can be asked, what an earlier client fetched is all there is.
      if (!isUnreachable(error) || !this.#hasSnapshot(commit)) throw error;
      return this.#snapshot(source, commit);
    }
  }

  /** The commit that the revision stands for today. */
  async #asked(patience: Patience): Promise<string> {
    const { revision } = this.#name;
    return isHex(revision, 40) ? revision : this.#client.commit(this.#name, patience);
  }

  /** The model as its repository lists it. */
  async #listed(
    given: string | undefined,
    patience: Patience,
    call: Call<LoadProgress>,
  ): Promise<HubModel> {
    const commit = given ?? (await this.#asked(patience));
    const all = await this.#filesOf(commit, patience);
    this.#locked?.checkListing(all);
    const files = all
      .filter(({ path }) => isShown(path) && this.#isIncluded(path))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const download = {
      client: this.#client,
      cached: this.#cached,
      attempts: this.#attempts,
      name: { ...this.#name, revision: commit },
    };
    const locked = this.#locked;
    const present = async (wanted: readonly HubFile[], fetching: Call<LoadProgress>) => {
      locked?.checkChosen(wanted.map(({ path }) => path));
      if (this.#settings.offline && (await missingBytes(wanted, download)) > 0)
        throw await this.#absence(locked?.source ?? this.#name.repo);
      await downloadFiles(wanted, download, fetching);
      await locked?.checkCached(wanted, this.#cached, fetching.signal);
    };
    // A JSON file that a lock does not have is refused once somebody wants to read it.
    const configs = configsOf(files).filter(({ path }) => locked?.has(path) ?? true);
    await present(configs, call);
    const root = this.#cached.snapshot(commit);
    const byPath = new Map(files.map((file) => [file.path, file]));
    const parsed = new Map<string, unknown>();
    const chosenOf = (paths: readonly string[]) => paths.flatMap((path) => byPath.get(path) ?? []);
    return {
      names: [this.#name.repo],
      files: [...byPath.keys()],
      size: (file) => byPath.get(file)?.size ?? 0,
      json(file) {
        if (!byPath.has(file)) return undefined;
        locked?.checkChosen([file]);
        if (!parsed.has(file)) parsed.set(file, readJsonNow(root, file));
        return parsed.get(file);
      },
      fetch: async (chosen, fetching) => {
        await present(chosenOf(chosen), fetching);
        await this.#cached.keepCommit(this.#name.revision, commit).catch(() => {});
        return realpath(root);
      },
      hub: {
        ...this.#origin(commit),
        locked: (chosen) => ({
          repo: this.#name.repo,
          revision: this.#name.revision,
          commit,
          files: lockedFiles([...configs, ...chosenOf(chosen)]),
        }),
      },
      missing: (paths) => missingBytes(chosenOf(paths), download),
    };
  }

  /** What the repository has at a commit, which never changes. */
  async #filesOf(commit: string, patience: Patience): Promise<readonly HubFile[]> {
    const known = await this.#cached.files(commit);
    if (known) return known;
    if (this.#locked && this.#settings.offline) return this.#locked.files;
    try {
      const files = await this.#client.files(this.#name, commit, patience);
      // A cache that nobody may write can still have the files.
      await this.#cached.keepFiles(commit, files).catch(() => {});
      return files;
    } catch (error) {
      if (!this.#locked || !isUnreachable(error)) throw error;
      return this.#locked.files;
    }
  }

  #isIncluded(path: string): boolean {
    return matchesAny(path, this.#name.include) || this.#locked?.has(path) === true;
  }

  /** The model as it is in the cache. */
  async #snapshot(source: string, commit: string | undefined): Promise<HubModel> {
    if (commit === undefined || !this.#hasSnapshot(commit)) throw await this.#absence(source);
    const found = await openModelFolder(this.#cached.snapshot(commit));
    return { ...found, hub: this.#origin(commit), fetch: async () => found.path };
  }

  #origin(commit: string): HubOrigin {
    const { repo, revision } = this.#name;
    return { repo, revision, commit, folder: this.#cached.root };
  }

  #hasSnapshot(commit: string | undefined): boolean {
    return commit !== undefined && existsSync(this.#cached.snapshot(commit));
  }

  /** Its cause is the file system's, as that of every source where nothing is. */
  async #absence(source: string): Promise<KernelError> {
    const { repo, revision } = this.#name;
    const cause = await realpath(source).catch((error: unknown) => error);
    return new KernelError(
      "LOAD_FAILED",
      `There is no folder "${source}", ${repo} at ${revision} is not in the cache ${this.#settings.cache}, and HF_HUB_OFFLINE forbids to download it. Unset that.`,
      { cause },
    );
  }
}

/** Hidden files are no part of a model. */
function isShown(path: string): boolean {
  return !path.split("/").some((part) => part.startsWith("."));
}

/** The JSON files that a listing can read at once. */
function configsOf(files: readonly HubFile[]): readonly HubFile[] {
  return files
    .filter(({ path, size }) => path.endsWith(".json") && size <= maxJsonBytes)
    .toSorted((a, b) => a.path.split("/").length - b.path.split("/").length)
    .slice(0, maxJsonFiles);
}

/** Whether it failed since nobody answered, or only that nobody can now. */
function isUnreachable(error: unknown): boolean {
  return error instanceof KernelError && error.cause instanceof Interruption;
}
