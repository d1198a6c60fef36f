import type { FileHandle } from "node:fs/promises";
import { KernelError } from "../../errors.ts";
import { openRegularFile, openRegularFileNow, unreadable } from "../../shared/regular-file.ts";

/** Opens a file of weights for reading. The caller closes it. LOAD_FAILED says why it cannot be opened. */
export function openFile(path: string): Promise<FileHandle> {
  return openRegularFile(path).catch((cause: unknown) => {
    throw unopened(path, cause);
  });
}

/** The same at once. Gives the descriptor. */
export function openFileNow(path: string): number {
  try {
    return openRegularFileNow(path);
  } catch (cause) {
    throw unopened(path, cause);
  }
}

function unopened(path: string, cause: unknown): KernelError {
  const message = `"${path}" cannot be opened: ${unreadable(cause)}. Fetch it again.`;
  return new KernelError("LOAD_FAILED", message, { cause });
}
