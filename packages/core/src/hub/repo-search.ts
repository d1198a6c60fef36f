import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { KernelError } from "../errors.ts";
import type { LoadProgress } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import { maxJsonBytes } from "../shared/model-json.ts";
import { readJsonNow } from "../sources/json-file.ts";
import { openModelFolder } from "../sources/model-folder.ts";
import { CachedRepo } from "./cached-repo.ts";
import { downloadFiles, missingBytes } from "./download-files.ts";
import { HubClient } from "./hub-client.ts";
import type { Patience } from "./hub-client.ts";
import type { HubFile } from "./hub-file.ts";
import type { Hub } from "./hub-name.ts";
import type { HubModel, HubOrigin } from "./hub-origin.ts";
import type { HubProtocol } from "./hub-protocol.ts";
import type { LockedRepo } from "./locked-repo.ts";
import { lockedFiles } from "./models-lock.ts";
import type { LockedModel } from "./models-lock.ts";
import { isUnreachable, RepoListing } from "./repo-listing.ts";

/** The most JSON files that are read before a family is chosen; those nearest to the root are. */
const maxJsonFiles = 100;

/** Attempts for a listing, where the snapshot that is there can take its place. */
const attemptsBesideSnapshot = 3;

/** A name to search for, in its hub's protocol, and the members of `HubOptions` that say how. */
export interface RepoSearchOptions {
  readonly protocol: HubProtocol;
  readonly hub: Hub;
  readonly attempts: number;
  readonly refresh: boolean;
  /** Absent for one that no lock has. */
  readonly locked?: LockedRepo;
}

/** The way from one name to its folder. */
export class RepoSearch {
  readonly #protocol: HubProtocol;
  readonly #attempts: number;
  readonly #refresh: boolean;
  readonly #cached: CachedRepo;
  readonly #client: HubClient;
  readonly #hub: Hub;
  readonly #locked: LockedRepo | undefined;
  readonly #listing: RepoListing;

  constructor({ protocol, hub, attempts, refresh, locked }: RepoSearchOptions) {
    const cached = new CachedRepo(protocol.settings.cache, protocol.name.repo);
    const client = new HubClient(protocol);
    this.#protocol = protocol;
    this.#hub = hub;
    this.#locked = locked;
    this.#attempts = attempts;
    this.#refresh = refresh;
    this.#cached = cached;
    this.#client = client;
    this.#listing = new RepoListing({ protocol, client, cached, locked });
  }

  async find(source: string, call: Call<LoadProgress>): Promise<HubModel> {
    if (this.#locked) {
      const patience = { attempts: this.#attempts, signal: call.signal };
      return this.#listed(this.#locked.model.commit, patience, call);
    }
    const commit = await this.#cached.commit(this.#protocol.name.revision);
    const folder = this.#snapshot(commit);
    if (this.#protocol.settings.offline) return this.#found(folder, commit, source);
    try {
      const known = this.#refresh ? undefined : commit;
      const least = folder === undefined ? Infinity : attemptsBesideSnapshot;
      const attempts = Math.min(this.#attempts, least);
      return await this.#listed(known, { attempts, signal: call.signal }, call);
    } catch (error) {
      // Where nobody can be asked, what an earlier client fetched is all there is.
      if (!isUnreachable(error) || folder === undefined) throw error;
      return this.#found(folder, commit, source);
    }
  }

  /** The model as its repository lists it. */
  async #listed(
    given: string | undefined,
    patience: Patience,
    call: Call<LoadProgress>,
  ): Promise<HubModel> {
    const commit = given ?? (await this.#listing.commit(patience));
    const locked = this.#locked;
    const files = await this.#listing.files(commit, patience);
    const download = {
      client: this.#client,
      cached: this.#cached,
      attempts: this.#attempts,
      commit,
    };
    const present = async (wanted: readonly HubFile[], fetching: Call<LoadProgress>) => {
      locked?.checkChosen(wanted.map(({ path }) => path));
      const { offline } = this.#protocol.settings;
      if (offline && (await missingBytes(wanted, download)) > 0)
        throw await this.#absence(locked?.source ?? this.#protocol.name.repo);
      await downloadFiles(wanted, download, fetching);
      await locked?.checkCached(wanted, this.#cached, fetching.signal);
    };
    // A JSON file that a lock does not have is refused once somebody wants to read it.
    const configs = configsOf(files).filter(({ path }) => locked?.has(path) ?? true);
    // The weights, which are most of it, are not chosen yet: nothing of the model has come so far.
    const onEvent = (event: LoadProgress): void => call.onEvent({ ...event, done: 0 });
    await present(configs, { ...call, onEvent });
    const root = this.#cached.snapshot(commit);
    const byPath = new Map(files.map((file) => [file.path, file]));
    const parsed = new Map<string, unknown>();
    const chosenOf = (paths: readonly string[]) => paths.flatMap((path) => byPath.get(path) ?? []);
    return {
      names: [this.#protocol.name.repo],
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
        // What others ask for by the branch stays where they left it.
        if (!locked)
          await this.#cached.keepCommit(this.#protocol.name.revision, commit).catch(() => {});
        return realpath(root);
      },
      missing: (paths) => missingBytes(chosenOf(paths), download),
      hub: {
        ...this.#origin(commit),
        locked: (chosen) => this.#lockOf(commit, [...configs, ...chosenOf(chosen)]),
      },
    };
  }

  #lockOf(commit: string, files: readonly HubFile[]): LockedModel {
    const { repo, revision } = this.#protocol.name;
    const hub = this.#hub === "huggingface" ? {} : { hub: this.#hub };
    return { ...hub, repo, revision, commit, files: lockedFiles(files, repo) };
  }

  #origin(commit: string | undefined): HubOrigin {
    const { repo, revision } = this.#protocol.name;
    const known = commit === undefined ? {} : { commit };
    return { hub: this.#hub, repo, revision, ...known, folder: this.#cached.root };
  }

  /** The model as it is in a folder. */
  async #found(
    folder: string | undefined,
    commit: string | undefined,
    source: string,
  ): Promise<HubModel> {
    if (folder === undefined) throw await this.#absence(source);
    const found = await openModelFolder(folder);
    const names = [this.#protocol.name.repo];
    return { ...found, names, hub: this.#origin(commit), fetch: async () => found.path };
  }

  /** The folder that has the revision, of ours or another client's. */
  #snapshot(commit: string | undefined): string | undefined {
    const own = commit === undefined ? [] : [this.#cached.snapshot(commit)];
    const other = this.#protocol.elsewhere.snapshot ?? [];
    return [...own, other].flat().find((folder) => existsSync(folder));
  }

  /** Its cause is the file system's, as that of every source where nothing is. */
  async #absence(source: string): Promise<KernelError> {
    const { name, settings } = this.#protocol;
    const { repo, revision } = name;
    const cause = await realpath(source).catch((error: unknown) => error);
    return new KernelError(
      "LOAD_FAILED",
      `There is no folder "${source}", ${repo} at ${revision} is not in the cache ${settings.cache}, and ${settings.variables.offline} forbids to download it. Unset that.`,
      { cause },
    );
  }
}

/** The JSON files that a listing can read at once. */
function configsOf(files: readonly HubFile[]): readonly HubFile[] {
  return files
    .filter(({ path, size }) => path.endsWith(".json") && size <= maxJsonBytes)
    .toSorted((a, b) => a.path.split("/").length - b.path.split("/").length)
    .slice(0, maxJsonFiles);
}
