import { statSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { KernelError } from "../errors.ts";
import { openRegularFile } from "../shared/regular-file.ts";
import { headerOf } from "./header-of.ts";
import { repoOf } from "./hub-cache.ts";
import type { OpenedFolder } from "./model-folder.ts";

/** Weights or a graph in one file, also those that families refuse: they say what to do instead. */
const extension = /\.(safetensors|ckpt|pt|pth|bin|onnx)$/i;

export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

/**
 * A file that is a whole model: its folder, of which it alone is listed. Its name without extension is the model's.
 * LOAD_FAILED for a file that holds neither weights nor a graph, or a GGUF file.
 */
export async function openModelFile(path: string): Promise<OpenedFolder> {
  const name = basename(path);
  await refuseOthers(path);
  const folder = await realpath(dirname(path));
  const real = join(folder, name);
  const header = headerOf(folder, new Set([name]));
  return {
    path: folder,
    names: [repoOf(real) ?? [], name.replace(extension, "")].flat(),
    files: [name],
    size: (file) => (file === name ? statSync(real).size : 0),
    json: () => undefined,
    header,
  };
}

async function refuseOthers(path: string): Promise<void> {
  if ((await firstBytes(path, 4)).equals(Buffer.from("GGUF"))) {
    const message = `"${path}" is a GGUF file, which Kindred does not read. Launch the folder or the file of the model's .safetensors weights.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  if (extension.test(path)) return;
  const message = `"${path}" is a file, and not a .safetensors, .pth or .onnx file. Name the folder that holds the model.`;
  throw new KernelError("LOAD_FAILED", message);
}

async function firstBytes(path: string, length: number): Promise<Buffer> {
  const handle = await openRegularFile(path).catch((cause: unknown) => {
    const message = `"${path}" cannot be opened. Let this process read it.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
