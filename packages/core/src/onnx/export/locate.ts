import type { FileHandle } from "node:fs/promises";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { KernelError } from "../../errors.ts";
import type { GraphSource } from "../../graph.ts";
import { insideFolder } from "../../shared/inside-folder.ts";
import { commonFolder } from "../common-folder.ts";
import { externalLocations, relocated } from "./external-data.ts";
import type { Field } from "./fields.ts";

/** An open .onnx file, and where its graph lies in it. */
export interface ExportFile {
  readonly path: string;
  readonly file: FileHandle;
  readonly graph: Omit<Field, "id">;
}

/**
 * An .onnx file as onnxruntime can open it, with its external data. onnxruntime looks for the data beside the file that a link leads to,
 * and refuses what lies elsewhere. In Hugging Face's cache each file is a link to a blob of another name, so the model is
 * given as bytes then, which name the data's real files. LOAD_FAILED when a file is missing, or named outside the folder.
 */
export async function locateExport({
  path,
  file,
  graph,
}: ExportFile): Promise<Pick<GraphSource, "model" | "folder" | "bytes">> {
  const model = await realpath(path);
  const files = await dataFiles(path, await externalLocations(file, graph));
  const bytes = await weightBytes(path, [...files.values()]);
  const folder = dirname(model);
  const beside = [...files].every(([location, real]) => join(folder, location) === real);
  return beside ? { model, folder, bytes } : { ...(await gathered(path, model)), bytes };
}

/** The model with locations of its data's real files, relative to a folder that holds them all. */
async function gathered(
  path: string,
  model: string,
): Promise<Pick<GraphSource, "model" | "folder">> {
  const bytes = await readFile(model);
  const locations = new Set<string>();
  relocated(bytes, (location) => (locations.add(location), location));
  const files = await dataFiles(path, locations);
  const folder = commonFolder([...files.values()]);
  return { model: relocated(bytes, (location) => relative(folder, files.get(location)!)), folder };
}

async function dataFiles(
  path: string,
  locations: Iterable<string>,
): Promise<ReadonlyMap<string, string>> {
  const found = Array.from(
    locations,
    async (location) => [location, await dataFile(path, location)] as const,
  );
  return new Map(await Promise.all(found));
}

/** The real path of a file that a graph names, which must be of its folder, perhaps by a link. */
async function dataFile(path: string, location: string): Promise<string> {
  const folder = dirname(path);
  const file = resolve(folder, location);
  if (isAbsolute(location) || !insideFolder(folder, file) || file === folder) {
    const message = `"${path}" has weights in "${location}", which is not a file of its folder. Export it again, with its data beside it.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  return realpath(file).catch((cause: unknown) => {
    const message = `"${path}" has weights in "${location}", which is not there. Fetch that file too.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  });
}

/** Bytes of the model's file, of the data that it names, and of files beside it that may hold its weights. Other .onnx files are other models. */
async function weightBytes(path: string, named: readonly string[]): Promise<number> {
  const folder = dirname(path);
  const own = (await readdir(folder)).filter(
    (name) => name === basename(path) || /(\.onnx[._]data|\.pb|\.data|\.bin)$/.test(name),
  );
  const beside = own.map((name) => realpath(join(folder, name)).catch(() => undefined));
  const files = new Set([...(await Promise.all(beside)), ...named]);
  let bytes = 0;
  for (const file of files) if (file !== undefined) bytes += (await stat(file)).size;
  return bytes;
}
