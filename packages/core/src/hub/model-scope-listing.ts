import { createHash } from "node:crypto";
import { KernelError } from "../errors.ts";
import { etagOf } from "./hub-file.ts";
import type { HubFile } from "./hub-file.ts";

/** Entries that ModelScope lists at most, without a word when there are more. */
const limit = 3000;

/** Listings that one repository may take. */
const maxListings = 1000;

/** Asks for a folder's entries, "" being the root's, with those of the folders below or without. */
export type ListFolder = (root: string, isRecursive: boolean) => Promise<readonly any[]>;

/** All files of a repository. A folder that is listed in part is asked for by its folders. LOAD_FAILED when one itself has too many entries. */
export async function listAll(list: ListFolder, repo: string): Promise<readonly HubFile[]> {
  const files: any[] = [];
  const waiting = [""];
  for (let count = 0; waiting.length > 0; count++) {
    const root = waiting.shift()!;
    const all = await list(root, true);
    if (all.length < limit) {
      files.push(...all);
      continue;
    }
    const own = await list(root, false);
    if (own.length >= limit || count >= maxListings) {
      const folder = root === "" ? "Its root" : `Its folder ${root}`;
      const message = `${repo} has more files than ModelScope lists. ${folder} has ${own.length} entries, and ${limit} are as many as it tells. Fetch it with Python's client, and launch its folder.`;
      throw new KernelError("LOAD_FAILED", message);
    }
    files.push(...own);
    waiting.push(...own.filter(isFolder).map(({ Path }) => Path));
  }
  return files.filter((entry) => !isFolder(entry)).map(fileOf);
}

/** ModelScope tells no commit of a branch. What stands for it is the hash of its listing: 40 hexadecimal digits. */
export function commitOf(files: readonly HubFile[]): string {
  const lines = files.map((file) => `${file.path}\0${file.size}\0${etagOf(file)}\n`);
  return createHash("sha1").update(lines.toSorted().join("")).digest("hex");
}

function isFolder(entry: any): boolean {
  return entry?.Type === "tree";
}

/** An entry of `repo/files`. Its `Revision` is the commit that wrote the file. */
function fileOf(entry: any): HubFile {
  const { Path: path, Size: size, Sha256, Revision } = entry ?? {};
  const blobId = createHash("sha1").update(`${path}\0${size}\0${Revision}`).digest("hex");
  const sha256 = typeof Sha256 === "string" ? Sha256.toLowerCase() : "";
  return { path, size, blobId, ...(sha256 === "" ? { isUnhashed: true } : { sha256 }) };
}
