import { isKernelError } from "@kindred/core";
import { inCommandLine } from "./launch-notation.ts";
import { UsageError } from "./usage-error.ts";

/** An error's text for whoever typed the command. It has a stack only when nobody foresaw the error. */
export function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\nSee kindred --help.`;
  if (isKernelError(error)) {
    const { param } = error;
    const message = inCommandLine(error.message);
    return param === undefined || message.startsWith(param) ? message : `${message} (${param})`;
  }
  if (!(error instanceof Error)) return String(error);
  return systemText(error) ?? error.stack ?? error.message;
}

/** The text for an error of the operating system; undefined for others. */
function systemText(error: NodeJS.ErrnoException): string | undefined {
  if (error.syscall === undefined) return undefined;
  if (error.code === "EADDRINUSE") {
    return `${error.message}. Choose another --port; 0 picks a free one.`;
  }
  return `${error.message}.`;
}
