import { shorten, isKernelError } from "@kindred/core";
import type { ErrorCode } from "@kindred/core";

/** OpenAI's error body; Xinference's client reads `detail`. */
export interface Envelope {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: ErrorCode | null;
  };
  readonly detail: string;
}

export interface Failure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Envelope;
}

/** `again`: the same request may succeed later, without a `retryAfter` saying so. */
const answers: Readonly<Record<ErrorCode, { readonly status: number; readonly again: boolean }>> = {
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

/** Characters of a message, which may quote what the client sent, and of its end, which says what to do. */
const longestMessage = 4_000;
const longestEnd = 1_000;
const longestParam = 200;

/** What an error answers. An endpoint's `fields` turn the task's names into the client's. */
export function failure(error: unknown, fields: Readonly<Record<string, string>> = {}): Failure {
  if (isKernelError(error)) {
    const { status, again } = answers[error.code];
    const headers = retryHeaders(error.retryAfter, again);
    const param = error.param === undefined ? null : wireName(error.param, fields);
    return { status, headers, body: envelope(status, error.message, param, error.code) };
  }
  if (isExposed(error)) {
    const { status, message, headers = {} } = error;
    return { status, headers, body: envelope(status, message, null, "INVALID_INPUT") };
  }
  return { status: 500, headers: {}, body: envelope(500, "Internal error.", null, null) };
}

function envelope(
  status: number,
  text: string,
  field: string | null,
  code: ErrorCode | null,
): Envelope {
  const message = shortened(text);
  const param = field === null ? null : shorten(field, longestParam);
  return { error: { message, type: typeOf(status), param, code }, detail: message };
}

function shortened(message: string): string {
  if (message.length <= longestMessage) return message;
  return shorten(message, longestMessage - longestEnd) + message.slice(-longestEnd);
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

function wireName(param: string, fields: Readonly<Record<string, string>>): string {
  return param.replace(/^[^.[]+/, (name) => (Object.hasOwn(fields, name) ? fields[name]! : name));
}

/** An http-error whose message is meant for the client. */
interface Exposed {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
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
