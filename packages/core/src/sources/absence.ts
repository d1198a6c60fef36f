import { isKernelError } from "../errors.ts";
import type { KernelError } from "../errors.ts";

/** Whether a model source failed because nothing is there: its error has the file system's as its cause, or one like it. */
export function isAbsence(error: unknown): error is KernelError {
  if (!isKernelError(error)) return false;
  let { cause } = error;
  while (isKernelError(cause)) cause = cause.cause;
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}

/** The cause of an error of a source that asks elsewhere than the file system, where nothing is. */
export function absence(message: string): Error {
  return Object.assign(new Error(message), { code: "ENOENT" });
}
