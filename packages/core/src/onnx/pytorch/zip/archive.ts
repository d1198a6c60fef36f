import { shorten } from "../../../errors.ts";
import { unserved, unsound } from "../flaw.ts";
import type { Reading } from "../reading.ts";
import { readDirectory } from "./directory.ts";
import type { ZipEntry } from "./directory.ts";
import { readEndRecord } from "./end-record.ts";

/** The bytes of a file from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const signature = 0x04034b50;
const fixedLength = 30;

/** A zip whose entries are stored as they are. */
export class Archive {
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  /** The byte at which the directory begins. */
  readonly #end: number;

  private constructor(entries: ReadonlyMap<string, ZipEntry>, end: number) {
    this.#entries = entries;
    this.#end = end;
  }

  /** Reads the directory of a file of `size` bytes. */
  static *open(size: number): Reading<Archive> {
    const place = yield* readEndRecord(size);
    return new Archive(yield* readDirectory(place), place.offset);
  }

  get names(): Iterable<string> {
    return this.#entries.keys();
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Where the data of an entry lies. Local headers have a length of their own: PyTorch pads them so that data is aligned. */
  *locate(name: string): Reading<Span> {
    const entry = this.#entries.get(name);
    if (!entry) throw unsound(`has no entry "${shorten(name, 80)}" in its zip`);
    checkStored(entry);
    const { header } = entry;
    const length = fixedLength + Buffer.byteLength(name);
    if (header + length > this.#end) throw outside(entry, this.#end);
    const local = yield { position: header, length };
    if (local.readUInt32LE() !== signature || local.toString("utf8", fixedLength) !== name) {
      throw unsound(`has no header of "${shorten(name, 80)}" at byte ${header}`);
    }
    const start = header + fixedLength + local.readUInt16LE(26) + local.readUInt16LE(28);
    const end = start + entry.size;
    if (end > this.#end) throw outside(entry, this.#end);
    return { start, end };
  }
}

function checkStored({ name, method, encrypted, stored, size }: ZipEntry): void {
  const entry = `its entry "${shorten(name, 80)}"`;
  if (encrypted) throw unserved(`is an encrypted zip: ${entry} cannot be read in place`);
  if (method !== 0 || stored !== size) {
    throw unserved(
      `is a compressed zip: ${entry} has ${size} bytes, stored as ${stored} by method ${method}, and cannot be read in place`,
    );
  }
}

function outside({ name, header, size }: ZipEntry, end: number): Error {
  return unsound(
    `has the entry "${shorten(name, 80)}" of ${size} bytes from byte ${header} on, past byte ${end}, where its entries end`,
  );
}
