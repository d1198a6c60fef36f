/** A closed list: clients switch on it. docs/errors.md says what each means; only server-koa knows statuses. */
export type ErrorCode =
  | "INVALID_INPUT"
  | "UNSUPPORTED"
  | "TASK_MISMATCH"
  | "MODEL_NOT_FOUND"
  | "OVERLOADED"
  | "DEVICE_EXHAUSTED"
  | "CLOSED"
  | "LOAD_FAILED"
  | "GRAPH_FAILED"
  | "PLUGIN_INVALID"
  | "ABORTED";

export interface KernelErrorOptions {
  /** The input field at fault, under the task's own name; an endpoint's `fields` turn it into the client's. */
  readonly param?: string | undefined;
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/** An error of the kernel or of a plugin. Its message says what happened, with the numbers, and then what to do. Codes are stable, messages are not. */
export class KernelError extends Error {
  override readonly name: string = "KernelError";
  /** The brand: set on instances of every copy of this package, so none needs `instanceof`. */
  readonly "~kindred": ErrorCode;
  readonly code: ErrorCode;
  readonly param?: string;
  readonly retryAfter?: number;

  constructor(code: ErrorCode, message: string, options: KernelErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this["~kindred"] = code;
    this.code = code;
    if (options.param !== undefined) this.param = options.param;
    if (options.retryAfter !== undefined) this.retryAfter = options.retryAfter;
  }
}

/** Whether an error is a `KernelError` of any copy of this package. */
export function isKernelError(error: unknown): error is KernelError {
  return typeof error === "object" && error !== null && "~kindred" in error;
}

/** The error of an aborted signal: ABORTED with the signal's reason as cause, or the reason itself when it is a KernelError. */
export function abortError(signal: AbortSignal): KernelError {
  if (isKernelError(signal.reason)) return signal.reason;
  return new KernelError("ABORTED", "The request was aborted.", { cause: signal.reason });
}

/** Throws the `abortError` of an aborted signal. Call it between graph runs. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError(signal);
}

/** Settles as `work` does, or rejects with the `abortError` as soon as the signal aborts; the work goes on. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortError(signal));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Shortens `text` to `max` characters for quoting in a message. */
export function shorten(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}…` : text;
}
