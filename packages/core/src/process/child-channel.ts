import { readSync, writeSync } from "node:fs";
import { channel, decodeHead, encodeFrame, prefixBytes } from "./frames.ts";
import type { Frame } from "./frames.ts";

/** Waits for the next request. undefined once the server has closed its end or is gone. */
export function receive<Request>(): Frame<Request> | undefined {
  const prefix = Buffer.alloc(prefixBytes);
  if (!fill(prefix)) return undefined;
  const head = new Uint8Array(prefix.readUInt32LE());
  if (!fill(head)) return undefined;
  const frame = decodeHead<Request>(head);
  return frame.payloads.every(fill) ? frame : undefined;
}

/** Writes a reply, and waits until the server has taken it. */
export function send(frame: Frame<unknown>): void {
  for (const piece of encodeFrame(frame)) {
    for (let sent = 0; sent < piece.length;) sent += writeSync(channel, piece, sent);
  }
}

function fill(target: Uint8Array): boolean {
  for (let filled = 0; filled < target.length;) {
    const count = readSync(channel, target, filled, target.length - filled, null);
    if (count === 0) return false;
    filled += count;
  }
  return true;
}
