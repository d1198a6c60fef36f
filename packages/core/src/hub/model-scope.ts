import { join } from "node:path";
import { KernelError } from "../errors.ts";
import { misunderstood } from "./hub-answer.ts";
import { checkedFiles } from "./hub-file.ts";
import type { HubFile } from "./hub-file.ts";
import type { HubName } from "./hub-name.ts";
import type { Asked, Elsewhere, Get, HubProtocol } from "./hub-protocol.ts";
import { modelScopeError } from "./model-scope-error.ts";
import type { Refusal } from "./model-scope-error.ts";
import { commitOf, listAll } from "./model-scope-listing.ts";
import type { ModelScopeSettings } from "./model-scope-settings.ts";

/** A listing, and what stands for its commit. */
interface Listing {
  readonly commit: string;
  readonly files: readonly HubFile[];
}

/**
 * The protocol of ModelScope, as its Python client speaks it. A branch or a tag stands for no commit that it would tell, so the hash of
 * its listing takes that place. Files are asked for by the revision's name, and are the listing's when their hashes are.
 */
export class ModelScope implements HubProtocol {
  readonly name: HubName;
  readonly settings: ModelScopeSettings;
  readonly elsewhere: Elsewhere;
  #listing: Listing | undefined;

  constructor(name: HubName, settings: ModelScopeSettings) {
    this.name = name;
    this.settings = settings;
    this.elsewhere = foldersOfPython(name, settings.shared);
  }

  async commit(get: Get): Promise<string> {
    this.#listing = await this.#list(get);
    return this.#listing.commit;
  }

  async files(commit: string, get: Get): Promise<readonly HubFile[]> {
    if (this.#listing?.commit === commit) return this.#listing.files;
    const listing = await this.#list(get);
    this.#refuseIfMoved(commit, listing);
    return listing.files;
  }

  async confirm(commit: string, get: Get): Promise<void> {
    this.#refuseIfMoved(commit, await this.#list(get));
  }

  urlOf(file: string): string {
    const query = new URLSearchParams({ Revision: this.name.revision, FilePath: file });
    return `${this.#api}/repo?${query}`;
  }

  /** Python's client sends both: older parts of ModelScope read the cookie, newer ones the other. */
  headersOf(token: string): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${token}`, cookie: `m_session_id=${token}` };
  }

  get doubt(): string {
    return `${this.name.revision} may have moved since it was listed: kindred pull lists it anew, as does hubSource's refresh. Otherwise a proxy or a mirror may have altered it: check MODELSCOPE_ENDPOINT.`;
  }

  async errorOf(response: Response, asked: Asked): Promise<Error> {
    const text = await response.text().catch(() => "");
    return this.#refused({ status: response.status, body: parsed(text) }, asked);
  }

  get #api(): string {
    return `${this.settings.endpoint}/api/v1/models/${this.name.repo}`;
  }

  async #list(get: Get): Promise<Listing> {
    const { repo, revision } = this.name;
    const { endpoint, variables } = this.settings;
    const listed = await listAll(async (root, isRecursive) => {
      const query = new URLSearchParams({
        Revision: revision,
        Recursive: isRecursive ? "True" : "False",
        ...(root !== "" && { Root: root }),
      });
      const { body, hasToken } = await get(`${this.#api}/repo/files?${query}`, revision);
      // Some refusals come with the status 200.
      const code = body?.Code ?? 200;
      if (code !== 200) {
        throw this.#refused({ status: code > 599 ? 200 : code, body }, { revision, hasToken });
      }
      if (Array.isArray(body?.Data?.Files)) return body.Data.Files;
      throw misunderstood(this);
    }, repo);
    const files = checkedFiles(listed, `${endpoint}/models/${repo}`, variables.endpoint);
    return { commit: commitOf(files), files };
  }

  /** A revision that is a commit does not move. */
  #refuseIfMoved(commit: string, listing: Listing): void {
    const { repo, revision } = this.name;
    if (revision === commit || listing.commit === commit) return;
    const message = `${repo} at ${revision} has changed since it was listed, and files of two states are not mixed. List it anew by kindred pull, with --lock where it is locked, or by hubSource's refresh.`;
    throw new KernelError("LOAD_FAILED", message);
  }

  /** What stands for the commit says nothing to anybody. */
  #refused(refusal: Refusal, asked: Asked): Error {
    const { repo, revision } = this.name;
    const { endpoint } = this.settings;
    return modelScopeError(refusal, { ...asked, repo, revision, endpoint });
  }
}

/** Where Python's client puts a repository: from 1.38 on below `snapshots`, before with "___" for a dot, in two places. */
function foldersOfPython({ repo, revision }: HubName, shared: string): Elsewhere {
  const snapshot = join(shared, "models", repo.replace("/", "--"), "snapshots", revision);
  const [owner = "", name = ""] = repo.split("/");
  const older = join("models", owner, name.replaceAll(".", "___"));
  return { snapshot, folders: [snapshot, join(shared, older), join(shared, "hub", older)] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
