import { KernelError } from "../errors.ts";
import { misunderstood } from "./hub-answer.ts";
import type { HubCard } from "./hub-card.ts";
import { checkedFiles, isHex } from "./hub-file.ts";
import type { HubFile } from "./hub-file.ts";
import type { HubName } from "./hub-name.ts";
import type { Asked, Elsewhere, Get, HubProtocol, Page } from "./hub-protocol.ts";
import type { HubSettings } from "./hub-settings.ts";
import { huggingFaceError } from "./hugging-face-error.ts";

/** Files that a listing may have in all; a page of Hugging Face's has 1,000. */
const maxFiles = 100_000;

/** The protocol of Hugging Face, and of its mirrors. */
export class HuggingFace implements HubProtocol {
  readonly name: HubName;
  readonly settings: HubSettings;
  /** Python's client has the same cache. */
  readonly elsewhere: Elsewhere = { folders: [] };

  constructor(name: HubName, settings: HubSettings) {
    this.name = name;
    this.settings = settings;
  }

  async commit(get: Get): Promise<string> {
    const body = await this.#revision(get);
    if (isHex(body?.sha, 40)) return body.sha;
    throw misunderstood(this);
  }

  async card(get: Get): Promise<HubCard> {
    const { cardData, gated } = (await this.#revision(get)) ?? {};
    const { license, license_name: other } = cardData ?? {};
    const named = license === "other" && typeof other === "string" ? other : license;
    // "auto" and "manual" say who lets an account in.
    const isGated = gated !== undefined && gated !== false;
    return { ...(typeof named === "string" && { license: named }), gated: isGated };
  }

  async files(commit: string, get: Get): Promise<readonly HubFile[]> {
    const { endpoint, variables } = this.settings;
    const files: HubFile[] = [];
    let next: string | undefined =
      `${endpoint}/api/models/${this.name.repo}/tree/${commit}?recursive=true`;
    const where = `${endpoint}/${this.name.repo}`;
    while (next !== undefined) {
      const page: Page = await get(next, commit);
      if (!Array.isArray(page.body)) throw misunderstood(this);
      const listed = page.body.filter((entry) => entry?.type === "file");
      if (files.length + listed.length > maxFiles) throw tooMany(where);
      files.push(...checkedFiles(listed.map(fileOf), where, variables.endpoint));
      next = nextPage(page, next);
    }
    return files;
  }

  urlOf(file: string, commit: string): string {
    const path = file.split("/").map(encodeURIComponent).join("/");
    return `${this.settings.endpoint}/${this.name.repo}/resolve/${commit}/${path}`;
  }

  headersOf(token: string): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${token}` };
  }

  get doubt(): string {
    return `A proxy or a mirror may have altered it: check ${this.settings.variables.endpoint}, and launch it again.`;
  }

  async errorOf(response: Response, asked: Asked): Promise<Error> {
    await response.body?.cancel();
    const { repo } = this.name;
    return huggingFaceError(response, { ...asked, repo, endpoint: this.settings.endpoint });
  }

  async #revision(get: Get): Promise<any> {
    const { repo, revision } = this.name;
    const path = `/api/models/${repo}/revision/${encodeURIComponent(revision)}`;
    return (await get(`${this.settings.endpoint}${path}`, revision)).body;
  }
}

function tooMany(where: string): KernelError {
  const message = `${where} lists more than ${maxFiles} files, which no model has. Fetch those of the model with Python's client, and launch their folder.`;
  return new KernelError("LOAD_FAILED", message);
}

/** An entry of `/tree`. */
function fileOf({ path, size, oid, lfs, xetHash }: any): HubFile {
  return {
    path,
    size: lfs?.size ?? size,
    blobId: oid,
    ...(lfs && { sha256: lfs.oid }),
    ...(isHex(xetHash, 64) && { xetHash }),
  };
}

/** The next page of a list; it has to be of the same host, which has the token. */
function nextPage({ headers }: Page, url: string): string | undefined {
  const [, target] = /<([^>]+)>;\s*rel="?next"?/.exec(headers.get("link") ?? "") ?? [];
  if (target === undefined) return undefined;
  const next = new URL(target, url);
  if (next.origin === new URL(url).origin) return next.href;
  const message = `The list of ${url} goes on at another host, ${next.host}, which is not asked. Check HF_ENDPOINT.`;
  throw new KernelError("LOAD_FAILED", message);
}
