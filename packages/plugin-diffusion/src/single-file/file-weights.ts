import type { ModelFolder } from "@kindred/core";
import { openWeights } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import type { ComponentNames } from "./component-names.ts";
import { renamedTensors, renamedWeights } from "./renamed-tensors.ts";
import type { SingleFile } from "./single-file.ts";
import { elementCount } from "@kindred/core/onnx";

/** The weights of one component of a single file, by diffusers' names. LOAD_FAILED when the file is not sound. */
export async function fileWeights(
  { path }: ModelFolder,
  { file, names }: SingleFile,
  component: string,
): Promise<Weights> {
  const weights = await openWeights(path, file);
  return renamedWeights(weights, names[component as keyof ComponentNames]);
}

/** Bytes that the weights of a single file's largest component take, held as float32. The components run in turn. */
export function largestComponentBytes({ header, names }: SingleFile): number {
  const sizes = Object.values(names).map((each) => {
    let elements = 0;
    for (const { shape } of renamedTensors(header.tensors, each).values())
      elements += elementCount(shape);
    return 4 * elements;
  });
  return Math.max(...sizes);
}
