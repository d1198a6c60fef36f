import type { Dirent } from "node:fs";
import { opendir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { KernelError } from "../errors.ts";
import { insideFolder } from "../shared/inside-folder.ts";
import { unreadable } from "../shared/regular-file.ts";

/** Files, folders and links together. */
const maxEntries = 10_000;

/** The contents of a folder: relative paths, "/"-separated. */
export interface Listed {
  readonly files: readonly string[];
  /** Links whose target is not there. */
  readonly brokenLinks: readonly string[];
  /** Named pipes, sockets and devices, and links to them. */
  readonly specialFiles: readonly string[];
}

/**
 * The files below a folder (an absolute real path), hidden ones left out. Links to files and to folders are followed. A link
 * to a folder that holds the link itself is left out: it would never end. LOAD_FAILED when there are too many, or a
 * folder cannot be read.
 */
export async function listFiles(root: string): Promise<Listed> {
  const files: string[] = [];
  const brokenLinks: string[] = [];
  const specialFiles: string[] = [];
  let entries = 0;

  /** `holders` are the real paths of the folders on the way here, this one's last. */
  async function walk(below: string, holders: readonly string[]): Promise<void> {
    const folder = holders.at(-1)!;
    for await (const entry of entriesOf(folder)) {
      if (++entries > maxEntries) throw tooMany(root);
      if (entry.name.startsWith(".")) continue;
      const file = below + entry.name;
      const path = join(folder, entry.name);
      if (entry.isFile()) files.push(file);
      else if (entry.isDirectory()) await walk(`${file}/`, [...holders, path]);
      else if (entry.isSymbolicLink()) await follow(file, path, holders);
      else specialFiles.push(file);
    }
  }

  async function follow(file: string, link: string, holders: readonly string[]): Promise<void> {
    const path = await realpath(link).catch(() => undefined);
    if (path === undefined) return void brokenLinks.push(file);
    const found = await stat(path);
    if (found.isFile()) return void files.push(file);
    if (!found.isDirectory()) return void specialFiles.push(file);
    const isLoop = holders.some((holder) => insideFolder(path, holder));
    if (!isLoop) await walk(`${file}/`, [...holders, path]);
  }

  await walk("", [root]);
  return {
    files: files.toSorted(),
    brokenLinks: brokenLinks.toSorted(),
    specialFiles: specialFiles.toSorted(),
  };
}

/** The entries as they are read: a folder of millions is given up before they are all in memory. */
async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(folder);
  } catch (cause) {
    const message = `The folder "${folder}" cannot be read: ${unreadable(cause)}. Let this process read it.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  }
}

function tooMany(root: string): KernelError {
  const message = `"${root}" holds more than ${maxEntries} files and folders, those behind links included. Name the folder of one model.`;
  return new KernelError("LOAD_FAILED", message);
}
