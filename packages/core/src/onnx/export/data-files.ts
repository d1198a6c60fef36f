import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { KernelError } from "../../errors.ts";
import { insideFolder } from "../../shared/inside-folder.ts";
import type { GraphInFile } from "./graph-in-file.ts";

/** A file with a graph's weights, beside the .onnx file. */
export interface DataFile {
  /** How the graph names it. */
  readonly location: string;
  /** Absolute, links followed. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * The data files of an .onnx file: those that its graph names, and those that are called after it. LOAD_FAILED when one that is named is
 * missing, or lies outside of the file's folder.
 */
export async function dataFilesOf(
  path: string,
  { initializers }: GraphInFile,
): Promise<readonly DataFile[]> {
  const folder = dirname(path);
  const locations = new Set(
    [...initializers.values()].flatMap(({ external }) => external?.location ?? []),
  );
  const named = await Promise.all(
    [...locations].map(async (location) => {
      if (!insideFolder(folder, join(folder, location))) throw outside(path, location);
      return dataFile(folder, location).catch((cause: unknown) => {
        throw missing(path, location, cause);
      });
    }),
  );
  const called = (await readdir(folder)).filter(
    (name) =>
      name.startsWith(basename(path)) && /^[._]data/.test(name.slice(basename(path).length)),
  );
  const others = called.filter((name) => !locations.has(name));
  return [...named, ...(await Promise.all(others.map((name) => dataFile(folder, name))))];
}

async function dataFile(folder: string, location: string): Promise<DataFile> {
  const path = await realpath(join(folder, location));
  return { location, path, bytes: (await stat(path)).size };
}

function missing(path: string, location: string, cause: unknown): KernelError {
  const message = `The weights of "${path}" are in "${location}" beside it, which is missing. Fetch it, too.`;
  return new KernelError("LOAD_FAILED", message, { cause });
}

function outside(path: string, location: string): KernelError {
  const message = `"${path}" has weights in "${location}", outside of its folder. Files there are not read: save the weights beside it.`;
  return new KernelError("LOAD_FAILED", message);
}
