import { shorten, isKernelError } from "@kindred/core";
import type { ErrorCode } from "@kindred/core";
import type { ForClients } from "./server-paths.ts";

/** OpenAI's code for a key that is missing or unknown. */
export const invalidKey = "invalid_api_key";

/** OpenAI's code for a request beyond a rate limit. */
export const rateLimited = "rate_limit_exceeded";

/** OpenAI's codes, beside the kernel's. */
type OpenAICode = typeof invalidKey | typeof rateLimited;

/** OpenAI's error body; Xinference's client reads `detail`. */
export interface Envelope {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    /** The kernel's, or OpenAI's for a key that is missing or unknown and for a rate limit. */
    readonly code: ErrorCode | OpenAICode | null;
  };
  readonly detail: string;
}

export interface Failure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Envelope;
}

interface Answer {
  readonly status: number;
  /** The same request may succeed later, even when the error has no `retryAfter`. */
  readonly again: boolean;
}

const answers: Readonly<Record<ErrorCode, Answer>> = {
  INVALID_INPUT: { status: 400, again: false },
  UNSUPPORTED: { status: 400, again: false },
  TASK_MISMATCH: { status: 400, again: false },
  MODEL_NOT_FOUND: { status: 404, again: false },
  OVERLOADED: { status: 429, again: true },
  ABORTED: { status: 499, again: false },
  LOAD_FAILED: { status: 500, again: false },
  GRAPH_FAILED: { status: 500, again: true },
  PLUGIN_INVALID: { status: 500, again: false },
  DEVICE_EXHAUSTED: { status: 503, again: false },
  CLOSED: { status: 503, again: true },
};

/** The codes that errors of a status have. null: the error says nothing, or is another server's. */
export function codesOf(status: number): readonly Envelope["error"]["code"][] {
  const kernel = (Object.keys(answers) as ErrorCode[]).filter(
    (code) => answers[code].status === status,
  );
  if (status === 401) return [invalidKey];
  if (status === 429) return [...kernel, rateLimited, "INVALID_INPUT"];
  if (status >= 500) return [...kernel, null];
  return [...new Set([...kernel, "INVALID_INPUT" as const])];
}

/** HTTP's own statuses for which the same request may succeed later: it was too slow, or there were too many. */
const passing: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

/** Characters of a message, which may quote what the client sent. A longer one is cut before its last `maxEnd`. */
const maxMessage = 4_000;
/** Characters kept of the end of a longer one, which says what to do. */
const maxEnd = 1_000;
const maxParam = 200;

/** The answer to an error, whose `param` is a name of the client's. An error that nobody foresaw says nothing. */
export function failure(error: unknown, forClients: ForClients = (text) => text): Failure {
  if (isKernelError(error)) {
    const { status, again } = answerOf(error.code);
    const headers = retryHeaders(error.retryAfter, again);
    const { message, param = null, code } = error;
    return { status, headers, body: envelope(status, forClients(message), param, code) };
  }
  if (isExposed(error)) {
    const { status, message, retryAfter, type } = error;
    const headers = { ...retryHeaders(retryAfter, passing.has(status)), ...error.headers };
    const own = status < 500 ? "INVALID_INPUT" : null;
    const code = isOpenAICode(error.code) ? error.code : own;
    return { status, headers, body: envelope(status, message, null, code, type) };
  }
  // Most are faults in a program, which come again after as much work.
  const headers = retryHeaders(undefined, false);
  return { status: 500, headers, body: envelope(500, "Internal error.", null, null) };
}

/** Another copy of core may have codes that this one does not know. */
function answerOf(code: ErrorCode): Answer {
  return Object.hasOwn(answers, code) ? answers[code] : { status: 500, again: false };
}

function envelope(
  status: number,
  text: string,
  field: string | null,
  code: Envelope["error"]["code"],
  type: string = typeOf(status),
): Envelope {
  const message = shortened(text);
  const param = field === null ? null : shorten(field, maxParam);
  return { error: { message, type, param, code }, detail: message };
}

function shortened(message: string): string {
  if (message.length <= maxMessage) return message;
  return shorten(message, maxMessage - maxEnd) + message.slice(-maxEnd);
}

function typeOf(status: number): string {
  if (status === 404) return "not_found_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

function retryHeaders(retryAfter: number | undefined, again: boolean): Record<string, string> {
  if (retryAfter !== undefined) {
    return {
      "retry-after": String(Math.ceil(retryAfter)),
      "retry-after-ms": String(Math.ceil(retryAfter * 1000)),
    };
  }
  return again ? {} : { "x-should-retry": "false" };
}

/** An http-error whose message is meant for the client. */
interface Exposed {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly code?: unknown;
  /** Seconds after which trying again makes sense. Default: it is not known. */
  readonly retryAfter?: number;
  /** OpenAI's type. Default: the status's. */
  readonly type?: string;
}

function isOpenAICode(code: unknown): code is OpenAICode {
  return code === invalidKey || code === rateLimited;
}

function isExposed(error: unknown): error is Exposed {
  return (
    error instanceof Error &&
    "expose" in error &&
    error.expose === true &&
    "status" in error &&
    typeof error.status === "number"
  );
}
