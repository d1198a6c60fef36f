import { closeSync, fstatSync, readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { KernelError } from "../../errors.ts";
import { identityOf } from "../../shared/file-identity.ts";
import { maxJsonBytes } from "../../shared/model-json.ts";
import type { Entry, FileTensors } from "../checkpoint/entry.ts";
import { openFile, openFileNow } from "../checkpoint/open-file.ts";
import { parseJson } from "../checkpoint/parse-json.ts";
import { signatureOf } from "../checkpoint/signature.ts";
import { checkEntries } from "./check-entries.ts";

/** The header of a .safetensors file. */
export interface Header {
  /** By offset. */
  readonly entries: readonly Entry[];
  /** The texts of `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads and checks the header of a .safetensors file, and nothing else of it. LOAD_FAILED when it is not sound. */
export async function readHeader(file: string): Promise<Header & FileTensors> {
  const handle = await openFile(file);
  try {
    const stats = await handle.stat({ bigint: true });
    const size = Number(stats.size);
    const start = await read(handle, 0, 8);
    const bytes = await read(handle, 8, headerLength(start, file, size));
    const identity = identityOf(file, stats, Buffer.concat([start, bytes]));
    return { ...parseHeader(bytes, file, size), file: identity };
  } finally {
    await handle.close();
  }
}

/** The same at once, for who cannot wait: the event loop stands still for the reading of a few hundred kilobytes. */
export function readHeaderNow(file: string): Header {
  const descriptor = openFileNow(file);
  try {
    const { size } = fstatSync(descriptor);
    const length = headerLength(readNow(descriptor, 0, 8), file, size);
    return parseHeader(readNow(descriptor, 8, length), file, size);
  } finally {
    closeSync(descriptor);
  }
}

function parseHeader(bytes: Buffer, file: string, size: number): Header {
  const json = parseJson(new TextDecoder().decode(bytes), file);
  const entries = checkEntries(file, json, { start: 8 + bytes.length, end: size });
  const metadata = json["__metadata__"];
  // The entries of a text would be its characters.
  const texts = Object.entries(typeof metadata === "object" ? (metadata ?? {}) : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return { entries, metadata: Object.fromEntries(texts) };
}

function headerLength(start: Buffer, file: string, size: number): number {
  if (size < 8) {
    throw new KernelError(
      "LOAD_FAILED",
      `"${file}" has ${size} bytes: it is not a safetensors file. Fetch it again.`,
    );
  }
  const length = start.readBigUInt64LE();
  if (length > maxJsonBytes) {
    const known = signatureOf(start);
    if (known !== undefined) throw new KernelError("LOAD_FAILED", `"${file}" ${known.join(". ")}`);
    const message = `"${file}" announces a header of ${length} bytes; at most ${maxJsonBytes} are allowed. It may not be a safetensors file. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  if (length > size - 8) {
    const message = `"${file}" announces a header of ${length} bytes, but has ${size} in all: it seems cut off. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  return Number(length);
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer;
}

function readNow(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  readSync(descriptor, buffer, 0, length, position);
  return buffer;
}
