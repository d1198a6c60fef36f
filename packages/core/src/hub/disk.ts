import { statfs } from "node:fs/promises";
import { isKernelError, KernelError } from "../errors.ts";
import { formatBytes } from "../format-bytes.ts";

const room = "Make room there, or let HF_HUB_CACHE name a folder on another disk.";

/** LOAD_FAILED when the disk of a folder has less room than so many bytes. */
export async function refuseIfTooLarge(bytes: number, folder: string, repo: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (bytes <= free) return;
  const message = `${repo} needs ${formatBytes(bytes)} in ${folder}, whose disk has ${formatBytes(free)} free. ${room}`;
  throw new KernelError("LOAD_FAILED", message);
}

/** An error of the file system below `folder` as a LOAD_FAILED that says what to do; other errors as they are. */
export function diskError(error: unknown, folder: string, repo: string): unknown {
  if (isKernelError(error) || !(error instanceof Error) || !("syscall" in error)) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const advice = isFull
    ? room
    : "Let this process write there, or let HF_HUB_CACHE name another folder.";
  const what = isFull ? "has no room left" : `cannot be written (${message})`;
  const text = `${repo} could not be downloaded: ${folder} ${what}. ${advice} The bytes that came are kept.`;
  return new KernelError("LOAD_FAILED", text, { cause: error });
}
