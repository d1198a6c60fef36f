import { statfs } from "node:fs/promises";
import { isKernelError, KernelError } from "../errors.ts";
import { formatBytes } from "../format-bytes.ts";

/** Where a repository's files go. */
export interface Place {
  readonly folder: string;
  readonly repo: string;
  /** The variable that names another folder. */
  readonly variable: string;
}

/** LOAD_FAILED when the disk of a place has less room than so many bytes. */
export async function refuseIfTooLarge(bytes: number, place: Place): Promise<void> {
  const { folder, repo } = place;
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (bytes <= free) return;
  const message = `${repo} needs ${formatBytes(bytes)} in ${folder}, whose disk has ${formatBytes(free)} free. ${roomAt(place)}`;
  throw new KernelError("LOAD_FAILED", message);
}

/** An error of the file system at a place as a LOAD_FAILED that says what to do; other errors as they are. */
export function diskError(error: unknown, place: Place): unknown {
  if (isKernelError(error) || !(error instanceof Error) || !("syscall" in error)) return error;
  const { folder, repo, variable } = place;
  const { code, message } = error as NodeJS.ErrnoException;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const advice = isFull
    ? roomAt(place)
    : `Let this process write there, or let ${variable} name another folder.`;
  const what = isFull ? "has no room left" : `cannot be written (${message})`;
  const text = `${repo} could not be downloaded: ${folder} ${what}. ${advice} The bytes that came are kept.`;
  return new KernelError("LOAD_FAILED", text, { cause: error });
}

function roomAt({ variable }: Place): string {
  return `Make room there, or let ${variable} name a folder on another disk.`;
}
