import type { HubCard } from "./hub-card.ts";
import type { HubFile } from "./hub-file.ts";
import type { HubName } from "./hub-name.ts";
import type { HubSettings } from "./hub-settings.ts";

/** An answer in JSON. */
export interface Page {
  readonly body: any;
  readonly headers: Headers;
  readonly hasToken: boolean;
}

/** Asks for JSON, as often as the client's patience lets it. `revision` is for messages. */
export type Get = (url: string, revision: string) => Promise<Page>;

/** The question of an answer, for messages. */
export interface Asked {
  readonly revision: string;
  readonly hasToken: boolean;
  /** The file's path, for a request of a file. */
  readonly file?: string;
}

/** What hubs differ in, for one repository: their addresses, their listings, their tokens, and what their errors mean. */
export interface HubProtocol {
  readonly name: HubName;
  readonly settings: HubSettings;
  /** Folders of another client, which may have files of the repository. They are looked into before the network. */
  readonly elsewhere: Elsewhere;
  /** The commit that the name's revision stands for now, 40 hexadecimal digits. */
  commit(get: Get): Promise<string>;
  /** What the repository's page says of it. Default: nobody is asked. */
  card?(get: Get): Promise<HubCard>;
  /** All files of a commit, folders left out. */
  files(commit: string, get: Get): Promise<readonly HubFile[]>;
  /**
   * Rejects with LOAD_FAILED when the revision no longer is the commit. Asked once a file has come that has no hash, before it is
   * kept. Default: no file is without one.
   */
  confirm?(commit: string, get: Get): Promise<void>;
  /** The address of a file's bytes. */
  urlOf(file: string, commit: string): string;
  /** The headers by which a token is sent. `fetch` has to leave each of them out where a redirect leads to another host. */
  headersOf(token: string): Readonly<Record<string, string>>;
  /** Why bytes may be others than the listing's, and what to do. */
  readonly doubt: string;
  /** The LOAD_FAILED of an answer that is not the one asked for, and that another attempt would not mend. It says what to do. */
  errorOf(response: Response, asked: Asked): Promise<Error>;
}

/** Folders that hold a repository's files by their paths. */
export interface Elsewhere {
  /** The folder of this very revision, complete or not. */
  readonly snapshot?: string;
  /** Folders of some revision, that one too: a file there counts when its hash is the listing's. */
  readonly folders: readonly string[];
}
