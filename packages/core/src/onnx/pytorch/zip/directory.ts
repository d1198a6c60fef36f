import { shorten } from "../../../errors.ts";
import { unsound } from "../flaw.ts";
import type { Reading } from "../reading.ts";
import type { DirectoryPlace } from "./end-record.ts";

/** A file within a zip, as the directory has it. */
export interface ZipEntry {
  readonly name: string;
  /** The first byte of its local header. */
  readonly header: number;
  /** Bytes of its data as stored. */
  readonly stored: number;
  /** Bytes of its data once inflated. */
  readonly size: number;
  /** The number of its compression; 0 is none. */
  readonly method: number;
  readonly encrypted: boolean;
}

const signature = 0x02014b50;
const fixedLength = 46;

/** Bits of the flags: encrypted, strongly encrypted, with masked headers. */
const encryption = 0b10_0000_0100_0001;

/** Marks a number that stands among the 64-bit ones of the extra field. */
const inExtra = 0xffff_ffff;
const zip64 = 1;

/** Entries read before the caller may pause. */
const stretch = 1000;

/** The entries of a zip by name. A name that stands twice is a flaw. Format: APPNOTE.TXT 4.3.12, and 4.5.3 for zip64. */
export function* readDirectory(place: DirectoryPlace): Reading<ReadonlyMap<string, ZipEntry>> {
  const bytes = yield { position: place.offset, length: place.length };
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let index = 0; index < place.count; index++) {
    if (index % stretch === 0) yield undefined;
    const fixed = bytes.subarray(at, at + fixedLength);
    if (fixed.length < fixedLength || fixed.readUInt32LE() !== signature) {
      throw unsound(`has no entry ${index} of ${place.count} in its zip's directory`);
    }
    const name = at + fixedLength;
    const extra = name + fixed.readUInt16LE(28);
    const comment = extra + fixed.readUInt16LE(30);
    at = comment + fixed.readUInt16LE(32);
    if (at > bytes.length) {
      throw unsound(`has a directory of ${bytes.length} bytes, too few for entry ${index}`);
    }
    const entry = readEntry(
      fixed,
      bytes.toString("utf8", name, extra),
      bytes.subarray(extra, comment),
    );
    if (entries.has(entry.name)) {
      throw unsound(`has the entry "${shorten(entry.name, 80)}" twice`);
    }
    entries.set(entry.name, entry);
  }
  return entries;
}

function readEntry(fixed: Buffer, name: string, extra: Buffer): ZipEntry {
  const numbers = { size: 24, stored: 20, header: 42 };
  const large = largeNumbers(extra);
  const number = (at: number): number => {
    const value = fixed.readUInt32LE(at);
    if (value !== inExtra) return value;
    const next = large.shift();
    if (next !== undefined) return next;
    throw unsound(`has the entry "${shorten(name, 80)}" without its 64-bit numbers`);
  };
  // The order in which the extra field has them.
  const size = number(numbers.size);
  const stored = number(numbers.stored);
  const header = number(numbers.header);
  const encrypted = (fixed.readUInt16LE(8) & encryption) !== 0;
  return { name, header, stored, size, method: fixed.readUInt16LE(10), encrypted };
}

/** The numbers of the extra field's zip64 block. Beyond 2^53 they lie outside of every file. */
function largeNumbers(extra: Buffer): number[] {
  let at = 0;
  while (at + 4 <= extra.length) {
    const id = extra.readUInt16LE(at);
    const block = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    if (id === zip64) {
      return Array.from({ length: Math.floor(block.length / 8) }, (_, index) =>
        Number(block.readBigUInt64LE(8 * index)),
      );
    }
    at += 4 + extra.readUInt16LE(at + 2);
  }
  return [];
}
