import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { openRegularFile, unreadable } from "./regular-file.ts";

/** A file as it was at one moment. Another file in its place, or other bytes in it, make another identity. */
export interface FileIdentity {
  /** Absolute, links followed. */
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
  /** Bytes. */
  readonly size: bigint;
  /** When it was last written, in nanoseconds since 1970. */
  readonly modified: bigint;
  /** Its first bytes, which say what lies where. Default: they are not compared. */
  readonly head?: { readonly bytes: number; readonly sha256: string };
}

/** The identity of an open file. */
export function identityOf(path: string, stats: BigIntStats, head?: Uint8Array): FileIdentity {
  const { dev: device, ino: inode, size, mtimeNs: modified } = stats;
  const known = { path, device, inode, size, modified };
  return head ? { ...known, head: { bytes: head.length, sha256: sha256(head) } } : known;
}

/** Says what of a file has changed, as a clause: "model.safetensors has 10 bytes, and had 20". undefined when nothing has. */
export async function changeOf(file: FileIdentity): Promise<string | undefined> {
  const name = basename(file.path);
  const stats = await stat(file.path, { bigint: true }).catch(unreadable);
  if (typeof stats === "string") return `${name} cannot be read any more: ${stats}`;
  const { dev, ino, size, mtimeNs } = stats;
  if (size !== file.size) return `${name} has ${size} bytes, and had ${file.size}`;
  if (dev !== file.device || ino !== file.inode) return `another ${name} has taken its place`;
  return mtimeNs === file.modified ? undefined : `${name} was written at ${at(mtimeNs)}`;
}

/** The same of its first bytes, which are read anew. */
export async function headChangeOf({ path, head }: FileIdentity): Promise<string | undefined> {
  if (!head) return undefined;
  const name = basename(path);
  const file = await openRegularFile(path).catch(unreadable);
  if (typeof file === "string") return `${name} cannot be read any more: ${file}`;
  try {
    const { buffer } = await file.read(Buffer.alloc(head.bytes), 0, head.bytes, 0);
    return sha256(buffer) === head.sha256 ? undefined : `${name} has another header`;
  } finally {
    await file.close();
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function at(nanoseconds: bigint): string {
  return new Date(Number(nanoseconds / 1_000_000n)).toISOString();
}
