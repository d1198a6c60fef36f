import type { FoundModel } from "../model-source.ts";

/** Not every `.bin` is: trainers write others beside. */
const weights = /\.(safetensors|onnx|onnx_data|ckpt)$|pytorch_model[^/]*\.bin$/;

/**
 * The least memory, in bytes, that a model's weights need at once. Files of one folder may be variants of each other, so
 * the smallest of each folder counts; folders are components that may run in turn, so the largest of these counts.
 */
export function leastWeightBytes({ files, size }: Pick<FoundModel, "files" | "size">): number {
  const smallest = new Map<string, number>();
  for (const file of files.filter((name) => weights.test(name))) {
    const folder = file.slice(0, file.lastIndexOf("/") + 1);
    smallest.set(folder, Math.min(size(file), smallest.get(folder) ?? Infinity));
  }
  return Math.max(0, ...smallest.values());
}
