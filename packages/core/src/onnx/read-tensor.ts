import { join } from "node:path";
import { KernelError } from "../errors.ts";
import { openRegularFile, unreadable } from "../shared/regular-file.ts";
import type { StoredTensor } from "./weights.ts";

/**
 * The bytes of a small tensor, below the folder of its weights. LOAD_FAILED when it has more than `maxBytes`, or its file cannot
 * be read.
 */
export async function readTensor(
  folder: string,
  { location, offset, length }: StoredTensor,
  maxBytes: number,
): Promise<Buffer> {
  if (length > maxBytes) {
    const message = `A tensor of "${location}" has ${length} bytes, and at most ${maxBytes} are read. Check that the file is of the model that it seems to be.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  const file = await openRegularFile(join(folder, location)).catch((cause: unknown) => {
    const message = `"${location}" cannot be opened: ${unreadable(cause)}. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  });
  try {
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer;
  } finally {
    await file.close();
  }
}
