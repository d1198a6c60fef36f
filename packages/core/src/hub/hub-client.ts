import { isKernelError, KernelError } from "../errors.ts";
import { Attempts, Interruption } from "./attempts.ts";
import type { HubCard } from "./hub-card.ts";
import { errorOf } from "./hub-answer.ts";
import { checkedFile, isHex } from "./hub-file.ts";
import type { HubFile } from "./hub-file.ts";
import type { HubName } from "./hub-name.ts";
import type { HubSettings } from "./hub-settings.ts";
import { proxiedFetch } from "./proxied-fetch.ts";
import { SilenceWatch } from "./silence-watch.ts";

/** Files that a listing may have in all; a page has 1,000. */
const maxFiles = 100_000;

/** How long a listing is asked for. */
export interface Patience {
  readonly attempts: number;
  readonly signal: AbortSignal;
}

/** Asks a Hugging Face endpoint. Every call rejects with ABORTED by its signal. */
export class HubClient {
  readonly #settings: HubSettings;
  #proxied: Promise<typeof fetch> | undefined;

  constructor(settings: HubSettings) {
    this.#settings = settings;
  }

  /** The commit that a revision stands for, 40 hexadecimal digits. */
  async commit(name: HubName, patience: Patience): Promise<string> {
    const body = await this.#revision(name, patience);
    if (isHex(body?.sha, 40)) return body.sha;
    throw this.#misunderstood(name);
  }

  /** What the page of a repository says of it. */
  async card(name: HubName, patience: Patience): Promise<HubCard> {
    const { cardData, gated } = (await this.#revision(name, patience)) ?? {};
    const { license, license_name: other } = cardData ?? {};
    const named = license === "other" && typeof other === "string" ? other : license;
    // "auto" and "manual" say who lets an account in.
    const isGated = gated !== undefined && gated !== false;
    return { ...(typeof named === "string" && { license: named }), gated: isGated };
  }

  async #revision(name: HubName, patience: Patience): Promise<any> {
    const path = `/api/models/${name.repo}/revision/${encodeURIComponent(name.revision)}`;
    return (await this.#json(`${this.#settings.endpoint}${path}`, name, patience)).body;
  }

  /** All files of a commit, folders left out. */
  async files(name: HubName, commit: string, patience: Patience): Promise<readonly HubFile[]> {
    const path = `/api/models/${name.repo}/tree/${commit}?recursive=true`;
    const files: HubFile[] = [];
    let next: string | undefined = `${this.#settings.endpoint}${path}`;
    while (next !== undefined && files.length <= maxFiles) {
      const page: Page = await this.#json(next, { ...name, revision: commit }, patience);
      if (!Array.isArray(page.body)) throw this.#misunderstood(name);
      const where = `${this.#settings.endpoint}/${name.repo}`;
      const listed = page.body.filter((entry) => entry?.type === "file");
      files.push(...listed.map((entry) => checkedFile(fileOf(entry), where)));
      next = page.next;
    }
    return files;
  }

  /**
   * The bytes of a file from an offset on, with the answer's status: 200 for all, 206 for the rest, 416 when there is no rest. The watch's
   * signal ends it. Rejects with an `Interruption`, or with LOAD_FAILED for any other status.
   */
  async open(name: HubName, file: string, from: number, watch: SilenceWatch): Promise<Response> {
    const path = file.split("/").map(encodeURIComponent).join("/");
    const url = `${this.#settings.endpoint}/${name.repo}/resolve/${name.revision}/${path}`;
    const range = from > 0 ? { range: `bytes=${from}-` } : {};
    const { response, hasToken } = await this.#ask(url, range, watch);
    if (response.status === 200 || (from > 0 && [206, 416].includes(response.status)))
      return response;
    await response.body?.cancel();
    throw errorOf(response, { ...name, endpoint: this.#settings.endpoint, hasToken, file });
  }

  /** How long a server may be silent, as a watch over one request. */
  watch(signal: AbortSignal): SilenceWatch {
    return new SilenceWatch(this.#settings.silence, signal);
  }

  async #json(url: string, name: HubName, { attempts: max, signal }: Patience): Promise<Page> {
    const attempts = new Attempts(`The list of ${name.repo}'s files`, max, signal);
    for (;;) {
      using watch = this.watch(signal);
      try {
        const { response, hasToken } = await this.#ask(url, {}, watch);
        if (response.status !== 200) {
          await response.body?.cancel();
          throw errorOf(response, { ...name, endpoint: this.#settings.endpoint, hasToken });
        }
        const text = await response.text().catch((error: unknown) => {
          throw watch.interruption(error);
        });
        return { body: this.#parsed(text, name), next: nextPage(response, url) };
      } catch (error) {
        await attempts.after(error);
      }
    }
  }

  /** `fetch` follows redirects, and leaves the token out where one leads to another host. */
  async #ask(
    url: string,
    headers: Readonly<Record<string, string>>,
    watch: SilenceWatch,
  ): Promise<{ readonly response: Response; readonly hasToken: boolean }> {
    const token = await this.#settings.token();
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const send = await this.#fetch();
    const response = await send(url, {
      // A compressed body has other offsets than the file.
      headers: { ...headers, ...authorization, "accept-encoding": "identity" },
      signal: watch.signal,
    }).catch((error: unknown) => {
      const isTold = isKernelError(error) || error instanceof Interruption;
      throw isTold ? error : watch.interruption(error);
    });
    return { response, hasToken: token !== undefined };
  }

  async #fetch(): Promise<typeof fetch> {
    const { proxies } = this.#settings;
    return proxies ? (this.#proxied ??= proxiedFetch(proxies)) : fetch;
  }

  #parsed(text: string, name: HubName): any {
    try {
      return JSON.parse(text);
    } catch {
      throw this.#misunderstood(name);
    }
  }

  #misunderstood({ repo }: HubName): KernelError {
    const { endpoint } = this.#settings;
    const message = `${endpoint} does not answer as Hugging Face does when asked about ${repo}. Check HF_ENDPOINT, and proxies on the way.`;
    return new KernelError("LOAD_FAILED", message);
  }
}

interface Page {
  readonly body: any;
  readonly next: string | undefined;
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
function nextPage({ headers }: Response, url: string): string | undefined {
  const [, target] = /<([^>]+)>;\s*rel="?next"?/.exec(headers.get("link") ?? "") ?? [];
  if (target === undefined) return undefined;
  const next = new URL(target, url);
  if (next.origin === new URL(url).origin) return next.href;
  const message = `The list of ${url} goes on at another host, ${next.host}, which is not asked. Check HF_ENDPOINT.`;
  throw new KernelError("LOAD_FAILED", message);
}
