import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { KernelError } from "../../errors.ts";
import { checkEntries } from "./entry.ts";
import type { Entry } from "./entry.ts";
import { parseJson } from "./parse-json.ts";

/** The format's own limit. */
const longestHeader = 100_000_000;

/** Reads and checks a .safetensors file's header, and nothing else of it. */
export async function readHeader(file: string): Promise<Entry[]> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new KernelError("LOAD_FAILED", `"${file}" cannot be opened.`, { cause });
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new KernelError("LOAD_FAILED", `"${file}" is not a file.`);
    const { size } = stats;
    const length = await headerLength(handle, file, size);
    const text = new TextDecoder().decode(await read(handle, 8, length));
    return checkEntries(file, parseJson(text, file), { start: 8 + length, end: size });
  } finally {
    await handle.close();
  }
}

async function headerLength(handle: FileHandle, file: string, size: number): Promise<number> {
  if (size < 8) {
    throw new KernelError("LOAD_FAILED", `"${file}" has ${size} bytes: not a safetensors file.`);
  }
  const length = (await read(handle, 0, 8)).readBigUInt64LE();
  if (length > longestHeader) {
    const message = `"${file}" announces a header of ${length} bytes; at most ${longestHeader} are allowed. It may not be a safetensors file.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  if (length > size - 8) {
    const message = `"${file}" announces a header of ${length} bytes, but has only ${size} in all. Fetch it again: it seems cut off.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  return Number(length);
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer;
}
