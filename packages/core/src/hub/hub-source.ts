import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { KernelError } from "../errors.ts";
import type { Checkpoint } from "../family.ts";
import type { ModelSource } from "../model-source.ts";
import { nearest, suggestion } from "../suggestion.ts";
import { folderSource } from "../sources/folder-source.ts";
import { hubName, isPublished } from "./hub-name.ts";
import type { Hub, HubName } from "./hub-name.ts";
import { LockedRepo } from "./locked-repo.ts";
import type { ModelsLock } from "./models-lock.ts";
import { RepoSearch } from "./repo-search.ts";
import { speak } from "./speak.ts";

export interface HubOptions {
  /** Where names are looked up. Default "huggingface". */
  readonly hub?: Hub;
  /** Published models whose names and aliases stand for their repositories. Default: none. */
  readonly checkpoints?: readonly Checkpoint[];
  /**
   * The variables of Python's `huggingface_hub`: HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH, HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE,
   * HF_HUB_DOWNLOAD_TIMEOUT; or of `modelscope`: MODELSCOPE_ENDPOINT, MODELSCOPE_DOMAIN, MODELSCOPE_API_TOKEN, MODELSCOPE_CACHE,
   * MODELSCOPE_DOWNLOAD_TIMEOUT, and MODELSCOPE_OFFLINE; and HTTPS_PROXY, HTTP_PROXY, NO_PROXY. Default: `process.env`.
   */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether a branch's or a tag's commit is asked for although the cache knows one. Default false. */
  readonly refresh?: boolean;
  /** Attempts in a row that bring no byte of a file, after which its download fails. The second follows at once, then the pauses double from 0.1 seconds. Default 10, which is 26 seconds. */
  readonly attempts?: number;
  /**
   * Models that are held to one commit and to the hashes of their files. A name that it does not have is LOAD_FAILED, and so is a
   * file that it does not have, or has with another hash. A name that it has comes from the hub that it says, and wins over a path of
   * that name; other paths are not held to anything. Default: nothing is locked.
   */
  readonly lock?: ModelsLock;
  /** Whether locked files that are in the cache already are hashed by `fetch`, too. Default false: their blobs' names and sizes tell. */
  readonly verify?: boolean;
}

/**
 * A source of names on a hub: a launch's `source` is a path, as for `folderSource`, or where nothing is there "owner/name",
 * or the name or an alias of a checkpoint, either with "@revision". The cache of Python's `huggingface_hub` is looked at first, and
 * what is missing there is downloaded into it: the JSON files of up to 10 MB by `find`, by `fetch` what a family reads. For ModelScope
 * the cache is `kindred` in that of Python's `modelscope`, whose files are used where they are the listing's. A commit that the cache
 * knows a branch by stays the branch's. Weights' headers are not read before they are fetched. LOAD_FAILED says what to do; what a
 * broken download brought is kept, and the next goes on from there.
 */
export function hubSource(options: HubOptions = {}): ModelSource {
  const { hub = "huggingface", checkpoints = [], env = process.env } = options;
  const { attempts = 10, refresh = false, lock, verify = false } = options;
  return {
    async find(source, call) {
      const model = lock?.models.get(source);
      if (lock && model) {
        const { hub: itsHub = "huggingface", repo, revision, commit } = model;
        const { include = [] } = hubName(source, checkpoints, itsHub) ?? {};
        // ModelScope has no addresses of commits.
        const name = { repo, revision: itsHub === "modelscope" ? revision : commit, include };
        const locked = new LockedRepo(source, model, { file: lock.file, verify });
        const protocol = speak(itsHub, name, env);
        return new RepoSearch({ protocol, hub: itsHub, attempts, refresh, locked }).find(
          source,
          call,
        );
      }
      if (existsSync(source)) return folderSource.find(source, call);
      const name = hubName(source, checkpoints, hub);
      if (!name && isPublished(source, checkpoints)) throw elsewhere(source);
      if (!name && isBare(source))
        throw lock ? notLocked(source, lock) : await unknown(source, hub, checkpoints);
      if (!name || isBelowFolder(source, name)) return folderSource.find(source, call);
      if (lock) throw notLocked(source, lock);
      const protocol = speak(hub, name, env);
      return new RepoSearch({ protocol, hub, attempts, refresh }).find(source, call);
    },
  };
}

/** Whether "owner/name" more likely is a mistyped path: there is a folder of the owner's name. */
function isBelowFolder(source: string, { repo }: HubName): boolean {
  return source.startsWith(repo) && existsSync(dirname(repo));
}

/** Whether a name has no folder before it. */
function isBare(source: string): boolean {
  return /^[^/\\~.][^/\\]*$/.test(source);
}

function notLocked(source: string, { file, models }: ModelsLock): KernelError {
  const message = `"${source}" is not in ${file}.${suggestion(source, [...models.keys()])} Lock it by: kindred pull --lock ${source}. One that another model's options name is locked with that model.`;
  return new KernelError("LOAD_FAILED", message);
}

async function unknown(
  source: string,
  hub: Hub,
  checkpoints: readonly Checkpoint[],
): Promise<KernelError> {
  const cause = await realpath(source).catch((error: unknown) => error);
  const owner = hub === "modelscope" ? "ModelScope" : "Hugging Face";
  const names = checkpoints.map(({ name }) => name);
  const near = nearest(source, names);
  const message = `There is no folder "${source}", and no published model that is known by that name.${near} Name a folder that holds a model, or one of ${owner}'s as OWNER/NAME.`;
  return new KernelError("LOAD_FAILED", message, { cause });
}

/** A checkpoint of Hugging Face alone. Its command is that of another hub, so this is no absence. */
function elsewhere(source: string): KernelError {
  const message = `"${source}" is published on Hugging Face, and where it is on ModelScope is not known. Name its repository there as OWNER/NAME, or take it from Hugging Face.`;
  return new KernelError("LOAD_FAILED", message);
}
