import { KernelError, shorten } from "../errors.ts";
import { absence } from "../sources/absence.ts";
import type { Asked } from "./hub-protocol.ts";

/** A question of Hugging Face. */
interface Question extends Asked {
  readonly repo: string;
  readonly endpoint: string;
}

/** What an answer means. `X-Error-Code` is Hugging Face's own: GatedRepo, RepoNotFound, RevisionNotFound, EntryNotFound. */
export function huggingFaceError(response: Response, asked: Question): KernelError {
  const told = response.headers.get("x-error-message");
  const reason = told === null ? "" : ` It says: ${shorten(told, 200)}`;
  const message = `${messageOf(response, asked)}${reason}`;
  const cause = isMissing(response, asked) ? absence(message) : undefined;
  return new KernelError("LOAD_FAILED", message, { cause });
}

/** Whether there is no such model or revision, or none that this account may know of. */
function isMissing({ status, headers }: Response, { file, hasToken }: Question): boolean {
  const code = headers.get("x-error-code");
  if (code === "GatedRepo" || file !== undefined) return false;
  return status === 404 || (status === 401 && (!hasToken || code === "RepoNotFound"));
}

function messageOf({ status, headers }: Response, asked: Question): string {
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
