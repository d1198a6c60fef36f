import type { DeviceLease } from "../device.ts";
import { KernelError } from "../errors.ts";
import { formatBytes } from "../format-bytes.ts";
import type { Ending } from "../process/script-process.ts";
import { withoutCode } from "./native-message.ts";

/** A request to a graph's process, for the error that tells of its failure. */
export interface Attempt {
  readonly code: "LOAD_FAILED" | "GRAPH_FAILED";
  /** The graph's name. */
  readonly graph: string;
  /** Bytes that the process was expected to take. */
  readonly needs: number;
  readonly lease: DeviceLease;
}

/** The error of a process that answered with a failure. Its cause is all that onnxruntime said. */
export function refused(attempt: Attempt, message: string): KernelError {
  const verb = attempt.code === "LOAD_FAILED" ? "cannot be opened" : "failed";
  const advice = tellsOfMemory(message) ? ` ${memoryAdvice(attempt)}` : "";
  const said = withoutCode(message);
  const sentence = `Graph "${attempt.graph}" ${verb}: ${said.replace(/[.\s]+$/, "")}.`;
  return new KernelError(
    attempt.code,
    sentence + advice,
    said === message ? {} : { cause: message },
  );
}

/** The error of a process that ended without an answer. */
export function ended(attempt: Attempt, { code, signal, lastWords }: Ending): KernelError {
  if (code === null && signal === null) return unstarted(attempt, lastWords);
  const how = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
  if (signal === "SIGKILL" || tellsOfMemory(lastWords)) {
    const message = `Graph "${attempt.graph}" ${how}, most likely out of memory.`;
    return new KernelError(attempt.code, `${message} ${memoryAdvice(attempt)}`, cause(lastWords));
  }
  if (signal === "SIGBUS") {
    const message = `Graph "${attempt.graph}" ${how}: a file of its weights was cut off while it was mapped, or its disk cannot be read. Check the model's files, then launch it again.`;
    return new KernelError(attempt.code, message, cause(lastWords));
  }
  const words = lastWords === "" ? "it left no message" : lastWords;
  return new KernelError(attempt.code, `Graph "${attempt.graph}" ${how}: ${words}`);
}

function unstarted({ code, graph }: Attempt, reason: string): KernelError {
  return new KernelError(
    code,
    `Graph "${graph}" got no process: ${reason}. Raise the limits of open files and processes (ulimit -n, ulimit -u), or serve fewer models.`,
  );
}

function memoryAdvice({ needs, lease }: Attempt): string {
  return (
    `It needs ${formatBytes(needs)}; its lease has ${formatBytes(lease.bytes)} of ${lease.device.id}. ` +
    "Send a smaller input, or let models take only what the machine really has free."
  );
}

function tellsOfMemory(text: string): boolean {
  return /out of memory|bad_alloc|allocate memory|allocation failed/i.test(text);
}

function cause(lastWords: string): { cause?: unknown } {
  return lastWords === "" ? {} : { cause: lastWords };
}
