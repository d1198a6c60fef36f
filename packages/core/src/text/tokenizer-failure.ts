import { basename } from "node:path";
import { reached } from "../bounds.ts";
import { KernelError } from "../errors.ts";
import type { Ending } from "../process/script-process.ts";
import type { Failed } from "./process/protocol.ts";

interface TokenizerFailureOptions {
  readonly advice?: string | undefined;
  readonly lasts?: boolean;
  readonly cause?: unknown;
}

/** Why a tokenizer's process did not do what it was asked for, as a clause: "it panicked: index out of bounds". */
export class TokenizerFailure extends Error {
  override readonly name = "TokenizerFailure";
  /** What to do about it, where that is known. */
  readonly advice: string | undefined;
  /** Whether the same texts would end or hold another process, too. */
  readonly lasts: boolean;

  constructor(message: string, { advice, lasts = false, cause }: TokenizerFailureOptions = {}) {
    super(message.replace(/[.\s]+$/, ""), cause === undefined ? undefined : { cause });
    this.advice = advice;
    this.lasts = lasts;
  }
}

/** The failure that a process answered with. */
export function answered({ message, advice }: Failed): TokenizerFailure {
  return new TokenizerFailure(message, { advice });
}

/** The failure of a process that was ended since it took too long. */
export function tookTooLong(seconds: number): TokenizerFailure {
  reached("tokenizer.seconds");
  return new TokenizerFailure(`it took more than ${seconds} s`, { lasts: true });
}

/** The failure of a process that ended without an answer. */
export function endedBy({ code, signal, lastWords }: Ending): TokenizerFailure {
  const cause = lastWords || undefined;
  if (code === null && signal === null) {
    const advice = "Raise the limits of open files and processes (ulimit -n, ulimit -u)";
    return new TokenizerFailure(`it got no process: ${lastWords}`, { advice });
  }
  const reason = reasonIn(lastWords);
  if (reason !== undefined) return new TokenizerFailure(reason, { lasts: true, cause });
  const how = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
  const memory = signal === "SIGKILL" ? ", most likely out of memory" : "";
  return new TokenizerFailure(`its process ${how}${memory}`, { cause });
}

/** LOAD_FAILED for a tokenizer that cannot be opened. */
export function unopened(folder: string, failure: TokenizerFailure): KernelError {
  const { message, advice = "Fetch its files again" } = failure;
  return new KernelError(
    "LOAD_FAILED",
    `The tokenizer in ${basename(folder)} cannot be opened: ${message}. ${advice}.`,
    { cause: failure },
  );
}

/** The error of texts: UNSUPPORTED when it lasts, so that clients do not send them again, else GRAPH_FAILED. */
export function untokenised(failure: TokenizerFailure): KernelError {
  const { message, lasts, advice = "Try again, with fewer or shorter ones" } = failure;
  const what = `The texts could not be tokenised: ${message}.`;
  return lasts
    ? new KernelError("UNSUPPORTED", `${what} Send other texts, or shorter ones.`, {
        cause: failure,
      })
    : new KernelError("GRAPH_FAILED", `${what} ${advice}.`, { cause: failure });
}

/** Why a process ended, when its standard error tells. */
function reasonIn(lastWords: string): string | undefined {
  const memory = /^It (took \d+ MB of memory, and may take \d+ MB)$/m.exec(lastWords)?.[1];
  if (memory !== undefined) {
    reached("tokenizer.memory");
    return `it ${memory}`;
  }
  // Rust panics again while it aborts. The first panic is the cause.
  const panic = /panicked at [^\n]*\n([^\n]+)/.exec(lastWords)?.[1];
  if (panic !== undefined) return `it panicked: ${panic}`;
  const short = /out of memory|memory allocation of|allocation failed/i.test(lastWords);
  return short ? "it ran out of memory" : undefined;
}
