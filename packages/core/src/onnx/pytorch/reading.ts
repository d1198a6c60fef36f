import { readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { TimeSlice } from "../../time-slice.ts";
import { unsound } from "./flaw.ts";

/** Bytes of a file that are wanted. */
export interface Wanted {
  readonly position: number;
  readonly length: number;
}

/**
 * The reading of a file by who does not hold it: it yields the bytes that it wants, and is given them. It yields undefined where
 * the event loop may turn, every millisecond or more often, and is given nothing.
 */
export type Reading<T> = Generator<Wanted | undefined, T, Buffer>;

const nothing = Buffer.alloc(0);

/** Reads in time slices. */
export async function read<T>(reading: Reading<T>, file: FileHandle): Promise<T> {
  const slice = new TimeSlice();
  let step = reading.next();
  while (!step.done) {
    if (slice.isOver) await slice.next();
    step = reading.next(step.value ? await bytesOf(file, step.value) : nothing);
  }
  return step.value;
}

/** Reads at once. */
export function readNow<T>(reading: Reading<T>, descriptor: number): T {
  let step = reading.next();
  while (!step.done) step = reading.next(step.value ? bytesNow(descriptor, step.value) : nothing);
  return step.value;
}

async function bytesOf(file: FileHandle, wanted: Wanted): Promise<Buffer> {
  const { position, length } = wanted;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return whole(buffer, bytesRead, wanted);
}

function bytesNow(descriptor: number, wanted: Wanted): Buffer {
  const buffer = Buffer.alloc(wanted.length);
  return whole(buffer, readSync(descriptor, buffer, 0, wanted.length, wanted.position), wanted);
}

function whole(bytes: Buffer, read: number, { position, length }: Wanted): Buffer {
  if (read === length) return bytes;
  throw unsound(`ends at byte ${position + read}, before byte ${position + length}`);
}
