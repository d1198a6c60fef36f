import { readFileSync } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { KernelError } from "../errors.ts";
import type { ModelFolder } from "../family.ts";

const MOST_FILES = 10_000;

/** Reads the names of a model's files, hidden ones left out. LOAD_FAILED when there is no such folder or it is no model's. */
export async function openModelFolder(id: string, path: string): Promise<ModelFolder> {
  const root = await realFolder(path);
  const files = await list(root, "");
  const parsed = new Map<string, unknown>();
  return {
    id,
    path: root,
    files: files.toSorted(),
    json(file) {
      if (!files.includes(file)) return undefined;
      if (!parsed.has(file)) parsed.set(file, readJson(join(root, file)));
      return parsed.get(file);
    },
  };
}

/**
 * The least memory, in bytes, that a model's weights need at once: in each of its folders one file of the smallest size
 * (the others may be variants of it), and of those the largest (the rest may run in turn).
 */
export async function leastWeightBytes({ path, files }: ModelFolder): Promise<number> {
  const smallest = new Map<string, number>();
  for (const file of files.filter((name) => /\.(safetensors|onnx|onnx_data)$/.test(name))) {
    const folder = file.slice(0, file.lastIndexOf("/") + 1);
    const { size } = await stat(join(path, file));
    smallest.set(folder, Math.min(size, smallest.get(folder) ?? Infinity));
  }
  return Math.max(0, ...smallest.values());
}

async function realFolder(path: string): Promise<string> {
  try {
    const root = await realpath(path);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    throw new KernelError(
      "LOAD_FAILED",
      `There is no folder "${path}". Name a folder that holds a model.`,
      { cause: error },
    );
  }
  throw new KernelError(
    "LOAD_FAILED",
    `"${path}" is a file. Name the folder that holds the model.`,
  );
}

async function list(root: string, below: string, found: string[] = []): Promise<string[]> {
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const file = below + entry.name;
    // The Hugging Face cache is made of links, so what a link leads to decides.
    const kind = entry.isSymbolicLink() ? await stat(join(root, file)).catch(() => entry) : entry;
    if (kind.isDirectory() && !entry.isSymbolicLink()) await list(root, `${file}/`, found);
    else if (kind.isFile()) found.push(file);
    if (found.length > MOST_FILES) {
      throw new KernelError(
        "LOAD_FAILED",
        `"${root}" holds more than ${MOST_FILES} files. Name the folder of one model.`,
      );
    }
  }
  return found;
}

function readJson(path: string): unknown {
  const text = readFileSync(path, "utf8");
  try {
    return parsePythonJson(text);
  } catch (error) {
    throw new KernelError(
      "LOAD_FAILED",
      `"${path}" is not JSON: ${(error as Error).message}. Fetch the file again.`,
      { cause: error },
    );
  }
}

/** JSON as Python writes it: published configs hold bare infinities. */
function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(text.replace(/([:[,]\s*-?)Infinity\b/g, "$11e999"));
  }
}
