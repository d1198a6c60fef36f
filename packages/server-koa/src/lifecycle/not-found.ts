import { isAbsence, KernelError } from "@kindred/core";

/** The error of a source; where a client's name or path led nowhere, MODEL_NOT_FOUND on the field that had it. */
export function asNotFound(error: unknown, param: string): unknown {
  if (!isAbsence(error)) return error;
  return new KernelError("MODEL_NOT_FOUND", error.message, { param, cause: error });
}
