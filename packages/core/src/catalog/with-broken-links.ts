import { isKernelError, KernelError } from "../errors.ts";
import type { FoundModel } from "../model-source.ts";

/** The error of a load; a LOAD_FAILED also says which links of the model's folder lead nowhere, since a missing file is then explained. */
export function withBrokenLinks(error: unknown, { brokenLinks = [] }: FoundModel): unknown {
  const [first] = brokenLinks;
  if (first === undefined || !isKernelError(error) || error.code !== "LOAD_FAILED") return error;
  const links =
    brokenLinks.length > 1
      ? `"${first}" and ${brokenLinks.length - 1} more of its files are links`
      : `"${first}" of its folder is a link`;
  const message = `${error.message} ${links} to what is not there. Copy or mount the target too.`;
  return new KernelError("LOAD_FAILED", message, { cause: error });
}
