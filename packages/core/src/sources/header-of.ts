import { join } from "node:path";
import type { ModelListing, SafetensorsHeader } from "../model-source.ts";
import { readHeaderNow } from "../onnx/safetensors/header.ts";

/** `ModelListing.header` for the files of a folder on this machine. */
export function headerOf(
  root: string,
  files: ReadonlySet<string>,
): NonNullable<ModelListing["header"]> {
  const read = new Map<string, SafetensorsHeader>();
  return (file) => {
    if (!files.has(file) || !file.endsWith(".safetensors")) return undefined;
    const header = read.get(file) ?? readHeader(join(root, file));
    read.set(file, header);
    return header;
  };
}

function readHeader(path: string): SafetensorsHeader {
  const { entries, metadata } = readHeaderNow(path);
  const tensors = entries.map(({ name, dtype, shape }) => [name, { dtype, shape }] as const);
  return { tensors: new Map(tensors), metadata };
}
