import { dirname } from "node:path";
import { KernelError } from "../errors.ts";
import { insideFolder } from "../shared/inside-folder.ts";

/**
 * The deepest folder that holds all of these files (absolute real paths), for onnxruntime, which reads no external data from outside the
 * folder that it is given. In Hugging Face's cache it is the repository's `blobs`, or that of the store which all repositories share. LOAD_FAILED
 * when there is none: the files lie on different drives.
 */
export function commonFolder(files: readonly string[]): string {
  let common = dirname(files[0]!);
  for (const file of files) {
    while (!insideFolder(common, file)) {
      const above = dirname(common);
      if (above === common) throw apart(files[0]!, file);
      common = above;
    }
  }
  return common;
}

function apart(one: string, other: string): KernelError {
  const message = `"${one}" and "${other}" lie on different drives. Move the model's files to one.`;
  return new KernelError("LOAD_FAILED", message);
}
