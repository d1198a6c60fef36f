import { closeSync, fstatSync } from "node:fs";
import { KernelError } from "../../errors.ts";
import { identityOf } from "../../shared/file-identity.ts";
import type { Entry, FileTensors } from "../checkpoint/entry.ts";
import { openFile, openFileNow } from "../checkpoint/open-file.ts";
import { Flaw } from "./flaw.ts";
import { placeTensors } from "./place-tensors.ts";
import { readTensors } from "./read-tensors.ts";
import { read, readNow } from "./reading.ts";

/** Reads which tensors a file of PyTorch's has, and nothing else of it. LOAD_FAILED when it cannot be read in place. */
export async function readPytorchFile(path: string): Promise<FileTensors> {
  const file = await openFile(path);
  try {
    const stats = await file.stat({ bigint: true });
    const found = await read(readTensors(Number(stats.size)), file);
    const entries = await read(placeTensors(found), file);
    return { entries, file: identityOf(path, stats, found.head) };
  } catch (error) {
    throw refusal(path, error);
  } finally {
    await file.close();
  }
}

/**
 * The names, types and shapes at once, for who cannot wait: the event loop stands still while a few hundred kilobytes are read. Where
 * the tensors lie is not looked at.
 */
export function readPytorchFileNow(
  path: string,
): readonly Pick<Entry, "name" | "dtype" | "shape">[] {
  const descriptor = openFileNow(path);
  try {
    const { tensors } = readNow(readTensors(fstatSync(descriptor).size), descriptor);
    return Array.from(tensors, ([name, { storage, shape }]) => ({
      name,
      dtype: storage.dtype,
      shape,
    }));
  } catch (error) {
    throw refusal(path, error);
  } finally {
    closeSync(descriptor);
  }
}

function refusal(path: string, error: unknown): unknown {
  if (!(error instanceof Flaw)) return error;
  const message = `"${path}" ${error.message}. ${error.advice}`;
  return new KernelError("LOAD_FAILED", message, { cause: error });
}
