import { join } from "node:path";
import type { ModelListing, WeightsHeader } from "../model-source.ts";
import { readPytorchFileNow } from "../onnx/pytorch/header.ts";
import { readHeaderNow } from "../onnx/safetensors/header.ts";

/** `ModelListing.header` for the files of a folder on this machine. */
export function headerOf(
  root: string,
  files: ReadonlySet<string>,
): NonNullable<ModelListing["header"]> {
  const read = new Map<string, WeightsHeader>();
  return (file) => {
    if (!files.has(file) || !weights.test(file)) return undefined;
    const header = read.get(file) ?? readHeader(join(root, file));
    read.set(file, header);
    return header;
  };
}

const weights = /\.(safetensors|ckpt|pt|pth|bin)$/i;

function readHeader(path: string): WeightsHeader {
  const { entries, metadata } = path.endsWith(".safetensors")
    ? readHeaderNow(path)
    : { entries: readPytorchFileNow(path), metadata: {} };
  const tensors = entries.map(({ name, dtype, shape }) => [name, { dtype, shape }] as const);
  return { tensors: new Map(tensors), metadata };
}
