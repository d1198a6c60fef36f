import { KernelError, shorten } from "../errors.ts";
import { Interruption } from "./attempts.ts";
import type { HubName } from "./hub-name.ts";

/** The question of an answer, for messages. */
export interface Asked extends Pick<HubName, "repo" | "revision"> {
  readonly endpoint: string;
  readonly hasToken: boolean;
  /** The file's path, for a request of a file. */
  readonly file?: string;
}

/**
 * The error of an answer that is not the one asked for: an `Interruption` where another attempt may succeed, otherwise a
 * LOAD_FAILED that says what to do. `X-Error-Code` is Hugging Face's own: GatedRepo, RepoNotFound, RevisionNotFound, EntryNotFound.
 */
export function errorOf(response: Response, asked: Asked): Error {
  const { status } = response;
  if (status === 408 || status === 429 || status >= 500) {
    const host = new URL(asked.endpoint).host;
    const message =
      status === 429 ? `${host} answers 429, too many requests` : `${host} answers ${status}`;
    return new Interruption(message, { retryAfter: retryAfterOf(response) });
  }
  const told = response.headers.get("x-error-message");
  const reason = told === null ? "" : ` It says: ${shorten(told, 200)}`;
  return new KernelError("LOAD_FAILED", `${messageOf(response, asked)}${reason}`);
}

function messageOf({ status, headers }: Response, asked: Asked): string {
  const { endpoint, repo, revision, hasToken, file } = asked;
  const code = headers.get("x-error-code");
  const page = `${endpoint}/${repo}`;
  if (code === "GatedRepo") {
    return hasToken
      ? `${repo} is gated, and the account of your token may not read it (${status}). Accept its licence on ${page} with that account, or use a token of another.`
      : `${repo} is gated (${status}). Accept its licence on ${page}, then set HF_TOKEN to a token of that account, or sign in by: hf auth login`;
  }
  if (code === "RevisionNotFound") {
    return `${repo} has no revision "${revision}". Name a branch, a tag or a commit of it.`;
  }
  if (file !== undefined && status === 404) {
    return `${repo} at ${revision} lists ${file}, and ${endpoint} does not have it (404). Name another revision.`;
  }
  if (status === 401 && hasToken && code !== "RepoNotFound") {
    return `${endpoint} does not take your token (401). Set HF_TOKEN to a valid one, or unset it for public models.`;
  }
  if (status === 401 || status === 404) {
    const advice = hasToken
      ? "Check the name, and that your token may read it."
      : "Check the name; a private one needs HF_TOKEN.";
    return `${endpoint} has no model "${repo}" that you may read (${status}). ${advice}`;
  }
  if (status === 403) {
    return `${endpoint} does not let you read ${repo} (403). Look at ${page} whether it asks for something, and set HF_TOKEN to a token that may read it.`;
  }
  const what = file === undefined ? repo : `${file} of ${repo}`;
  return `${endpoint} answers ${status} when asked for ${what}. Check HF_ENDPOINT, and proxies on the way.`;
}

/** `Retry-After` in milliseconds: a number of seconds or a date. */
function retryAfterOf({ headers }: Response): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const wait = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
