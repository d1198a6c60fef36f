import { maxJsonBytes } from "../../../shared/model-json.ts";
import { unsound } from "../flaw.ts";
import type { Reading } from "../reading.ts";

/** Where a zip's directory lies. */
export interface DirectoryPlace {
  readonly offset: number;
  readonly length: number;
  /** Entries in it. */
  readonly count: number;
}

/** Entries of one file. A published shard has some thousands. */
const maxEntries = 100_000;

const record = { signature: 0x06054b50, length: 22 };
const locator = { signature: 0x07064b50, length: 20 };
const record64 = { signature: 0x06064b50, length: 56 };

/**
 * Finds the directory by the record that a zip ends with, or by the one of zip64 before it. PyTorch writes no comment behind it.
 * Format: APPNOTE.TXT 4.3.14 to 4.3.16 (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).
 */
export function* readEndRecord(size: number): Reading<DirectoryPlace> {
  const length = Math.min(size, record.length + locator.length);
  const tail = yield { position: size - length, length };
  const end = tail.subarray(-record.length);
  if (end.length < record.length || end.readUInt32LE() !== record.signature) {
    throw unsound(`has ${size} bytes, and does not end as a zip does: it seems cut off`);
  }
  const place = {
    count: end.readUInt16LE(10),
    length: end.readUInt32LE(12),
    offset: end.readUInt32LE(16),
  };
  return check(hasLocator(tail) ? yield* readLarge(tail, size) : place, size - record.length);
}

function hasLocator(tail: Buffer): boolean {
  const { length } = tail;
  return length === locator.length + record.length && tail.readUInt32LE() === locator.signature;
}

function* readLarge(tail: Buffer, size: number): Reading<DirectoryPlace> {
  const position = Number(tail.readBigUInt64LE(8));
  const last = size - tail.length - record64.length;
  if (position > last) {
    throw unsound(`says that its zip64 record begins at byte ${position}, after byte ${last}`);
  }
  const end = yield { position, length: record64.length };
  if (end.readUInt32LE() !== record64.signature) {
    throw unsound(`has no zip64 record at byte ${position}`);
  }
  return {
    count: Number(end.readBigUInt64LE(32)),
    length: Number(end.readBigUInt64LE(40)),
    offset: Number(end.readBigUInt64LE(48)),
  };
}

function check(place: DirectoryPlace, end: number): DirectoryPlace {
  const { count, length, offset } = place;
  if (offset + length > end) {
    throw unsound(`has its directory at bytes ${offset} to ${offset + length}, after byte ${end}`);
  }
  if (count > maxEntries || length > maxJsonBytes) {
    throw unsound(
      `has a directory of ${count} entries and ${length} bytes; at most ${maxEntries} and ${maxJsonBytes} are read`,
    );
  }
  return place;
}
