import { dirname, relative, sep } from "node:path";

/** The deepest folder that equals or contains each of these folders. Paths are absolute. */
export function commonFolder(folders: readonly string[]): string {
  let common = folders[0]!;
  while (folders.some((folder) => leadsOut(relative(common, folder)))) common = dirname(common);
  return common;
}

function leadsOut(path: string): boolean {
  return path === ".." || path.startsWith(`..${sep}`);
}
