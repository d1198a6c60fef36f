import { KernelError, shorten } from "../errors.ts";
import type { Asked } from "./hub-protocol.ts";

/** What ModelScope answers in place of what was asked for. */
export interface Refusal {
  /** The status of HTTP, or the body's `Code` where that is one. */
  readonly status: number;
  /** The body, which usually has `Code` and `Message`. */
  readonly body: any;
}

/** A question of ModelScope. */
interface Question extends Asked {
  readonly repo: string;
  readonly endpoint: string;
}

/** The `Code` of a token that is none, or no longer one. */
const invalidToken = 10_010_103_009;

/** What a refusal means. */
export function modelScopeError({ status, body }: Refusal, asked: Question): KernelError {
  const told = typeof body?.Message === "string" ? body.Message.trim() : "";
  const reason = told === "" ? "" : ` It says: ${shorten(told, 200)}`;
  return new KernelError("LOAD_FAILED", `${messageOf({ status, body }, asked)}${reason}`);
}

function messageOf({ status, body }: Refusal, asked: Question): string {
  const { endpoint, repo, revision, hasToken, file } = asked;
  const page = `${endpoint}/models/${repo}`;
  if (hasToken && (status === 401 || Number(body?.Code) === invalidToken)) {
    return `${endpoint} does not take your token (${status}). Set MODELSCOPE_API_TOKEN to a valid one, or unset it for public models.`;
  }
  if (file !== undefined && status === 404) {
    return `${repo} at ${revision} lists ${file}, and ${endpoint} does not have it (404). Name another revision.`;
  }
  if (status === 404) {
    const advice = hasToken
      ? "Check both, and that your token may read it."
      : "Check both; a private model needs MODELSCOPE_API_TOKEN.";
    return `${endpoint} has no model "${repo}" with a revision "${revision}" that you may read (404). ${advice}`;
  }
  if (status === 401 || status === 403) {
    return hasToken
      ? `${endpoint} does not let the account of your token read ${repo} (${status}): it is private, or given out on application. Apply on ${page} with that account, or use a token of another.`
      : `${endpoint} does not let everybody read ${repo} (${status}): it is private, given out on application, or not there. Check the name, apply on ${page} where it asks for that, and set MODELSCOPE_API_TOKEN to a token of that account.`;
  }
  const what = file === undefined ? repo : `${file} of ${repo}`;
  return `${endpoint} answers ${status} when asked for ${what}. Check MODELSCOPE_ENDPOINT, and proxies on the way.`;
}
