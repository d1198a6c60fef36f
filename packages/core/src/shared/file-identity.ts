import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
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

/** Says what of a file has changed, as a sentence without its stop: "model.safetensors has 10 bytes, and had 20". undefined when nothing has. */
export async function changeOf(file: FileIdentity): Promise<string | undefined> {
  const name = basename(file.path);
  const handle = await openRegularFile(file.path).catch((error: unknown) => unreadable(error));
  if (typeof handle === "string") return `${name} cannot be read any more: ${handle}`;
  try {
    const { dev, ino, size, mtimeNs } = await handle.stat({ bigint: true });
    if (size !== file.size) return `${name} has ${size} bytes, and had ${file.size}`;
    if (dev !== file.device || ino !== file.inode) return `another ${name} has taken its place`;
    if (mtimeNs !== file.modified) return `${name} was written at ${at(mtimeNs)}`;
    if (!file.head) return undefined;
    const head = Buffer.alloc(file.head.bytes);
    await handle.read(head, 0, head.length, 0);
    return sha256(head) === file.head.sha256 ? undefined : `${name} has another header`;
  } finally {
    await handle.close();
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function at(nanoseconds: bigint): string {
  return new Date(Number(nanoseconds / 1_000_000n)).toISOString();
}
