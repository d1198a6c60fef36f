import { isKernelError } from "../errors.ts";
import type { KernelError } from "../errors.ts";

/** Whether a model source failed because nothing is there: its error has the file system's as its cause. */
export function isAbsence(error: unknown): error is KernelError {
  if (!isKernelError(error)) return false;
  const { cause } = error;
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}
