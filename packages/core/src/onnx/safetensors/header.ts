import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { KernelError } from "../../errors.ts";
import { checkEntries } from "./entry.ts";
import type { Entry } from "./entry.ts";
import { parseJson } from "./parse-json.ts";

/** In bytes. The format's own bound. */
const maxHeaderBytes = 100_000_000;

/** Reads and checks the header of a .safetensors file, and nothing else of it. LOAD_FAILED when it is not sound. */
export async function readHeader(file: string): Promise<Entry[]> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new KernelError("LOAD_FAILED", `"${file}" cannot be opened. Fetch it again.`, { cause });
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile())
      throw new KernelError("LOAD_FAILED", `"${file}" is not a file. Fetch the model again.`);
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
    throw new KernelError(
      "LOAD_FAILED",
      `"${file}" has ${size} bytes: it is not a safetensors file. Fetch it again.`,
    );
  }
  const length = (await read(handle, 0, 8)).readBigUInt64LE();
  if (length > maxHeaderBytes) {
    const message = `"${file}" announces a header of ${length} bytes; at most ${maxHeaderBytes} are allowed. It may not be a safetensors file. Fetch it again.`;
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
