import { isKernelError, KernelError } from "../errors.ts";
import type { FoundModel } from "../model-source.ts";

/**
 * The error of a load; a LOAD_FAILED also says which links of the model's folder lead nowhere and which of its files are none
 * that is read, since a missing file is then explained.
 */
export function withStrangeFiles(
  error: unknown,
  { brokenLinks = [], specialFiles = [] }: FoundModel,
): unknown {
  if (!isKernelError(error) || error.code !== "LOAD_FAILED") return error;
  const sentences = [links(brokenLinks), specials(specialFiles)].filter((each) => each !== "");
  if (sentences.length === 0) return error;
  const message = [error.message, ...sentences].join(" ");
  return new KernelError("LOAD_FAILED", message, { cause: error });
}

function links([first, ...more]: readonly string[]): string {
  if (first === undefined) return "";
  const which =
    more.length > 0
      ? `"${first}" and ${more.length} more of its files are links`
      : `"${first}" of its folder is a link`;
  return `${which} to what is not there. Copy or mount the target too.`;
}

function specials([first, ...more]: readonly string[]): string {
  if (first === undefined) return "";
  const which =
    more.length > 0
      ? `"${first}" and ${more.length} more of its files are named pipes, sockets or devices, which are`
      : `"${first}" of its folder is a named pipe, a socket or a device, which is`;
  return `${which} not read. Put a regular file in its place.`;
}
