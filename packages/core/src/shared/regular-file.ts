import { closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

/** Opening a named pipe or a terminal does not wait and takes no terminal over. Windows has neither flag. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** A path leads to something that is not read. The message begins with "it" and leaves out the path: "it is a named pipe, not a regular file". */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

/**
 * Opens a file for reading, links followed. The caller closes it. An `UnreadableFile` when it is a folder, a named pipe, a
 * socket or a device; the system's error when there is none. Something else that takes the path's place meanwhile is refused, too.
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  // Opening a device can have effects, and a socket cannot be opened.
  checkKind(await stat(path));
  const file = await open(path, flags);
  try {
    checkKind(await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** All bytes of a file. Rejects as `openRegularFile` does, and with an `UnreadableFile` when it has more than `maxBytes` or grows. */
export async function readRegularFile(path: string, maxBytes: number): Promise<Buffer> {
  const file = await openRegularFile(path);
  try {
    const target = roomFor(await file.stat(), maxBytes);
    let filled = 0;
    for (let count = -1; count !== 0 && filled < target.length; filled += count) {
      count = (await file.read(target, filled)).bytesRead;
    }
    return whole(target, filled);
  } finally {
    await file.close();
  }
}

/** `openRegularFile`, at once. Gives the descriptor. */
export function openRegularFileNow(path: string): number {
  checkKind(statSync(path));
  const file = openSync(path, flags);
  try {
    checkKind(fstatSync(file));
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** `readRegularFile`, at once. */
export function readRegularFileNow(path: string, maxBytes: number): Buffer {
  const file = openRegularFileNow(path);
  try {
    const target = roomFor(fstatSync(file), maxBytes);
    let filled = 0;
    for (let count = -1; count !== 0 && filled < target.length; filled += count) {
      count = readSync(file, target, filled, target.length - filled, null);
    }
    return whole(target, filled);
  } finally {
    closeSync(file);
  }
}

/** Says why a file could not be opened or read, as a clause without its path: "it is a named pipe, not a regular file". */
export function unreadable(error: unknown): string {
  if (error instanceof UnreadableFile) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "it is not there";
  if (code === "EACCES" || code === "EPERM") return "this process may not read it";
  return code ?? String(error);
}

function checkKind(stats: Stats): void {
  if (stats.isFile()) return;
  throw new UnreadableFile(`it is ${kindOf(stats)}, not a regular file`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a named pipe";
  return stats.isSocket() ? "a socket" : "a device";
}

/** Room for a file and for one byte more, by which growth shows. */
function roomFor({ size }: Stats, maxBytes: number): Buffer {
  if (size <= maxBytes) return Buffer.allocUnsafe(size + 1);
  throw new UnreadableFile(`it has ${size} bytes, and at most ${maxBytes} are read`);
}

function whole(target: Buffer, filled: number): Buffer {
  if (filled < target.length) return target.subarray(0, filled);
  throw new UnreadableFile(
    `it has more than the ${filled - 1} bytes of its size: it is being written`,
  );
}
