import { KernelError } from "../errors.ts";
import type { ModelFamily } from "../family.ts";
import { fetchCommand, publishedAs } from "../published.ts";
import { isAbsence } from "../sources/absence.ts";

/** The error of a source; where it found no folder under a published model's name, with the command that fetches that model. */
export function withPublished(
  error: unknown,
  families: readonly ModelFamily<any, any, any>[],
  source: string,
): unknown {
  if (!isAbsence(error)) return error;
  const found = publishedAs(families, source);
  if (!found) return error;
  const { checkpoint, folder } = found;
  const gate = checkpoint.gated ? " once its licence is accepted there" : "";
  const advice = `${checkpoint.repo} is published under that name. Fetch it${gate}, then launch the folder ${folder}:`;
  const message = `${error.message} ${advice}\n  ${fetchCommand(found)}`;
  return new KernelError(error.code, message, { cause: error });
}
