import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { KernelError } from "../../errors.ts";
import { identityOf } from "../../shared/file-identity.ts";
import type { FileIdentity } from "../../shared/file-identity.ts";
import { insideFolder } from "../../shared/inside-folder.ts";
import { openRegularFile, unreadable } from "../../shared/regular-file.ts";

/** A file with a graph's weights, beside the .onnx file. */
export interface DataFile {
  /** How the graph names it. */
  readonly location: string;
  /** Absolute, links followed. */
  readonly path: string;
  readonly bytes: number;
  readonly file: FileIdentity;
}

/** The files in which a graph says that its external data is. LOAD_FAILED when one is missing, or lies outside of the .onnx file's folder. */
export async function namedDataFiles(
  path: string,
  locations: Iterable<string>,
): Promise<readonly DataFile[]> {
  const folder = dirname(path);
  return Promise.all(
    Array.from(new Set(locations), async (location) => {
      const file = join(folder, location);
      const isInside = !isAbsolute(location) && insideFolder(folder, file) && file !== folder;
      if (!isInside) throw outside(path, location);
      return dataFile(folder, location).catch((cause: unknown) => {
        throw missing(path, location, cause);
      });
    }),
  );
}

/** The files that are called after an .onnx file, as its data mostly is: "model.onnx_data". Links that lead nowhere are left out. */
export async function calledDataFiles(path: string): Promise<readonly DataFile[]> {
  const [folder, name] = [dirname(path), basename(path)];
  const called = (await readdir(folder)).filter(
    (each) => each.startsWith(name) && /^[._]data/.test(each.slice(name.length)),
  );
  const found = called.map((each) => dataFile(folder, each).catch(() => undefined));
  return (await Promise.all(found)).filter((file) => file !== undefined);
}

async function dataFile(folder: string, location: string): Promise<DataFile> {
  const path = await realpath(join(folder, location));
  const handle = await openRegularFile(path);
  try {
    const file = identityOf(path, await handle.stat({ bigint: true }));
    return { location, path, bytes: Number(file.size), file };
  } finally {
    await handle.close();
  }
}

function missing(path: string, location: string, cause: unknown): KernelError {
  const message = `"${path}" has weights in "${location}", which cannot be read: ${unreadable(cause)}. Fetch that file too.`;
  return new KernelError("LOAD_FAILED", message, { cause });
}

function outside(path: string, location: string): KernelError {
  const message = `"${path}" has weights in "${location}", which is not a file of its folder. Export it again, with its data beside it.`;
  return new KernelError("LOAD_FAILED", message);
}
