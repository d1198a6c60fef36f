/** A file of a zip that a test writes. */
export interface ZipFile {
  readonly name: string;
  readonly data: Uint8Array;
  /** The number of its compression. Default: 0, none. */
  readonly method?: number;
  readonly flags?: number;
  /** Bytes that the directory says are stored. Default: those of `data`. */
  readonly stored?: number;
  /** Where the directory says that its header is. */
  readonly header?: number;
}

/** Writes a zip. `zip64` has the directory's numbers in 64 bits, as PyTorch has them for files of 4 GB and more. */
export function zip(files: readonly ZipFile[], zip64 = false): Buffer {
  const parts: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const { name, data, method = 0, flags = 0, stored = data.length, header = at } = file;
    const title = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(title.length, 26);
    local.writeUInt16LE(3, 28);
    const written = Buffer.concat([local, title, Buffer.from("pad"), data]);
    parts.push(written);
    at += written.length;
    const numbers = [data.length, stored, header];
    const extra = zip64 ? Buffer.concat([block(0x7777, [5]), block(1, numbers)]) : Buffer.alloc(0);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    for (const [index, place] of [24, 20, 42].entries()) {
      entry.writeUInt32LE(zip64 ? 0xffff_ffff : numbers[index]!, place);
    }
    entry.writeUInt16LE(title.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entries.push(entry, title, extra);
  }
  const directory = Buffer.concat(entries);
  const place = { count: files.length, length: directory.length, offset: at };
  return Buffer.concat([
    ...parts,
    directory,
    zip64 ? largeEnd(place) : Buffer.alloc(0),
    end(place, zip64),
  ]);
}

interface Directory {
  readonly count: number;
  readonly length: number;
  readonly offset: number;
}

function block(id: number, numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 8 * numbers.length);
  bytes.writeUInt16LE(id);
  bytes.writeUInt16LE(8 * numbers.length, 2);
  for (const [index, number] of numbers.entries()) {
    bytes.writeBigUInt64LE(BigInt(number), 4 + 8 * index);
  }
  return bytes;
}

function largeEnd({ count, length, offset }: Directory): Buffer {
  const bytes = Buffer.alloc(56 + 20);
  bytes.writeUInt32LE(0x06064b50);
  bytes.writeBigUInt64LE(44n, 4);
  for (const [at, number] of [count, count, length, offset].entries()) {
    bytes.writeBigUInt64LE(BigInt(number), 24 + 8 * at);
  }
  bytes.writeUInt32LE(0x07064b50, 56);
  bytes.writeBigUInt64LE(BigInt(offset + length), 64);
  return bytes;
}

function end({ count, length, offset }: Directory, zip64: boolean): Buffer {
  const bytes = Buffer.alloc(22);
  bytes.writeUInt32LE(0x06054b50);
  bytes.writeUInt16LE(zip64 ? 0xffff : count, 8);
  bytes.writeUInt16LE(zip64 ? 0xffff : count, 10);
  bytes.writeUInt32LE(zip64 ? 0xffff_ffff : length, 12);
  bytes.writeUInt32LE(zip64 ? 0xffff_ffff : offset, 16);
  return bytes;
}

export type Storages = Readonly<Record<string, Uint8Array>>;

/** The entries of a file of torch.save: its pickle, then its storages by their keys. */
export function entriesOf(pickle: Uint8Array, storages: Storages = {}): ZipFile[] {
  const data = Object.entries(storages).map(([key, bytes]) => ({
    name: `m/data/${key}`,
    data: bytes,
  }));
  return [{ name: "m/data.pkl", data: pickle }, ...data];
}
