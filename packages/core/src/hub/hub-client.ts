import { isKernelError } from "../errors.ts";
import { Attempts, Interruption } from "./attempts.ts";
import { busyError, misunderstood } from "./hub-answer.ts";
import type { HubCard } from "./hub-card.ts";
import type { HubFile } from "./hub-file.ts";
import type { Asked, HubProtocol, Page } from "./hub-protocol.ts";
import { proxiedFetch } from "./proxied-fetch.ts";
import { SilenceWatch } from "./silence-watch.ts";

/** How long a listing is asked for. */
export interface Patience {
  readonly attempts: number;
  readonly signal: AbortSignal;
}

/** Asks a hub about one repository, by its protocol. Every call rejects with ABORTED by its signal. */
export class HubClient {
  readonly protocol: HubProtocol;
  #proxied: Promise<typeof fetch> | undefined;

  constructor(protocol: HubProtocol) {
    this.protocol = protocol;
  }

  /** The commit that the name's revision stands for, 40 hexadecimal digits. */
  async commit(patience: Patience): Promise<string> {
    return this.protocol.commit((...asked) => this.#json(...asked, patience));
  }

  /** What the repository's page says of it; undefined where the hub's protocol does not tell. */
  async card(patience: Patience): Promise<HubCard | undefined> {
    return this.protocol.card?.((...asked) => this.#json(...asked, patience));
  }

  /** All files of a commit, folders left out. */
  async files(commit: string, patience: Patience): Promise<readonly HubFile[]> {
    return this.protocol.files(commit, (...asked) => this.#json(...asked, patience));
  }

  /** Rejects with LOAD_FAILED when the name's revision is known to be another commit by now. */
  async confirm(commit: string, patience: Patience): Promise<void> {
    await this.protocol.confirm?.(commit, (...asked) => this.#json(...asked, patience));
  }

  /**
   * The bytes of a commit's file from an offset on, with the answer's status: 200 for all, 206 for the rest, 416 when there is no
   * rest. The watch's signal ends it. Rejects with an `Interruption`, or with LOAD_FAILED for any other status.
   */
  async open(file: string, commit: string, from: number, watch: SilenceWatch): Promise<Response> {
    const range = from > 0 ? { range: `bytes=${from}-` } : {};
    const { response, hasToken } = await this.#ask(this.protocol.urlOf(file, commit), range, watch);
    if (response.status === 200 || (from > 0 && [206, 416].includes(response.status)))
      return response;
    throw await this.#errorOf(response, { revision: commit, hasToken, file });
  }

  /** How long a server may be silent, as a watch over one request. */
  watch(signal: AbortSignal): SilenceWatch {
    return new SilenceWatch(this.protocol.settings.silence, signal);
  }

  async #json(url: string, revision: string, { attempts: max, signal }: Patience): Promise<Page> {
    const { repo } = this.protocol.name;
    const attempts = new Attempts(`The list of ${repo}'s files`, max, signal);
    for (;;) {
      using watch = this.watch(signal);
      try {
        const { response, hasToken } = await this.#ask(url, {}, watch);
        if (response.status !== 200) throw await this.#errorOf(response, { revision, hasToken });
        const text = await response.text().catch((error: unknown) => {
          throw watch.interruption(error);
        });
        return { body: this.#parsed(text), headers: response.headers, hasToken };
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
    const token = await this.protocol.settings.token();
    const authorization = token === undefined ? {} : this.protocol.headersOf(token);
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
    const { proxies } = this.protocol.settings;
    return proxies ? (this.#proxied ??= proxiedFetch(proxies)) : fetch;
  }

  async #errorOf(response: Response, asked: Asked): Promise<Error> {
    const busy = busyError(response, this.protocol.settings.endpoint);
    if (!busy) return this.protocol.errorOf(response, asked);
    await response.body?.cancel();
    return busy;
  }

  #parsed(text: string): any {
    try {
      return JSON.parse(text);
    } catch {
      throw misunderstood(this.protocol);
    }
  }
}
