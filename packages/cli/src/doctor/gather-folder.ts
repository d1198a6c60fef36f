import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, stat, statfs, symlink, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { FolderFacts } from "./facts.ts";

/** Looks at a folder, or where it does not exist at the nearest one above it. */
export async function gatherFolder(folder: string): Promise<FolderFacts> {
  const path = resolve(folder);
  const there = await nearest(path);
  const unwritable = await whyUnwritable(there);
  const { bavail, bsize } = await statfs(there);
  const exists = there === path;
  return {
    path,
    exists,
    ...(unwritable !== undefined && { unwritable }),
    freeBytes: bavail * bsize,
    ...(exists && unwritable === undefined && { takesLinks: await takesLinks(path) }),
  };
}

async function nearest(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearest(dirname(path));
}

async function whyUnwritable(path: string): Promise<string | undefined> {
  if (!(await stat(path)).isDirectory()) return `${path} is a file`;
  return access(path, constants.W_OK | constants.X_OK).then(
    () => undefined,
    ({ code }: NodeJS.ErrnoException) => `${code} in ${path}`,
  );
}

async function takesLinks(folder: string): Promise<boolean> {
  const link = join(folder, `.link-${randomUUID()}`);
  try {
    await symlink("target", link);
    await unlink(link);
    return true;
  } catch {
    return false;
  }
}
