import { open } from "node:fs/promises";
import { join } from "node:path";
import { openSafetensors } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";

/** What some weights of a checkpoint are multiplied by, along their last dim. */
export interface Scaling {
  readonly weights: RegExp;
  by(channel: number): number;
}

/** Writes the synthetic weights of a network to a folder, in float32, some of them scaled. */
export async function scaledWeights(
  folder: string,
  build: (weights: Weights) => unknown,
  scalings: readonly Scaling[],
): Promise<Weights> {
  const name = "model.safetensors";
  await synthesize({ file: join(folder, name), build });
  const weights = await openSafetensors(folder, name);
  const file = await open(join(folder, name), "r+");
  for (const { weights: named, by } of scalings)
    for (const each of weights.names.filter((full) => named.test(full))) {
      const { shape, offset, length } = weights.get(each)!;
      const values = new Float32Array(length / 4);
      const bytes = new Uint8Array(values.buffer);
      await file.read(bytes, 0, length, offset);
      for (let i = 0; i < values.length; i++) values[i]! *= by(i % shape.at(-1)!);
      await file.write(bytes, 0, length, offset);
    }
  await file.close();
  return openSafetensors(folder, name);
}
