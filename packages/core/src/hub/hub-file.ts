import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { KernelError, shorten } from "../errors.ts";

/** A file of a repository at one commit. */
export interface HubFile {
  /** Relative, "/"-separated. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /**
   * Git's SHA-1 of the blob. For a file of LFS it is that of its pointer. At ModelScope, which does not tell it, it is made of the
   * file's path, its size and the commit that wrote it.
   */
  readonly blobId: string;
  /** SHA-256 of a file of LFS; at ModelScope of nearly every file. */
  readonly sha256?: string;
  /** Neither hash is of the content: there is none to compare it with. Default false. */
  readonly isUnhashed?: boolean;
  /** The content's address in Xet's storage. Python's client reads it; Kindred keeps it for that. */
  readonly xetHash?: string;
}

/** The name of a file's blob in the cache: its SHA-256 with LFS, otherwise git's SHA-1. It is the server's ETag, too. */
export function etagOf({ sha256, blobId }: HubFile): string {
  return sha256 ?? blobId;
}

/** The hash whose hexadecimal digest of the content is `etagOf`. */
export function hashOf({ sha256, size }: HubFile): Hash {
  return sha256 === undefined ? createHash("sha1").update(`blob ${size}\0`) : createHash("sha256");
}

/** Whether a file can be stored inside its folder, and be told whole. A listing is a stranger's. */
export function isStorable({ path, size, blobId, sha256 }: HubFile): boolean {
  const isSafe =
    typeof path === "string" &&
    !/[\\\0]|^[a-z]:/i.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  const isSize = Number.isSafeInteger(size) && size >= 0;
  return isSafe && isSize && isHex(blobId, 40) && (sha256 === undefined || isHex(sha256, 64));
}

/** Files as a hub lists them. LOAD_FAILED when one cannot be stored; `where` names the listing, `variable` what says where it comes from. */
export function checkedFiles(
  files: readonly HubFile[],
  where: string,
  variable: string,
): readonly HubFile[] {
  const strange = files.find((file) => !isStorable(file));
  if (!strange) return files;
  const facts = shorten(JSON.stringify(strange), 200);
  throw new KernelError(
    "LOAD_FAILED",
    `${where} lists a file that cannot be stored: ${facts}. Check ${variable}.`,
  );
}

/** Whether a value is text of so many hexadecimal digits. */
export function isHex(value: unknown, digits: number): value is string {
  return typeof value === "string" && value.length === digits && /^[0-9a-f]+$/.test(value);
}
