import { isKernelError } from "@kindred/core";
import { UsageError } from "./usage.ts";

/** What of an error is for whoever typed the command: a stack only where nobody foresaw the error. */
export function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\nSee kindred --help.`;
  if (isKernelError(error)) {
    const { message, param } = error;
    return param === undefined || message.startsWith(param) ? message : `${message} (${param})`;
  }
  if (!(error instanceof Error)) return String(error);
  return cure(error) ?? error.stack ?? error.message;
}

/** For what the system refuses. */
function cure(error: NodeJS.ErrnoException): string | undefined {
  if (error.syscall === undefined) return undefined;
  if (error.code === "EADDRINUSE") {
    return `${error.message}. Choose another --port; 0 picks a free one.`;
  }
  return `${error.message}.`;
}
