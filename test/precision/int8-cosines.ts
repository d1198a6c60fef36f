import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { QuantizedStore } from "@kindred/core/precision";
import { Tensor } from "onnxruntime-node";
import { inPrecision } from "../../packages/core/test/onnx/in-precision.ts";
import { open } from "../../packages/core/test/onnx/run.ts";
import { scaledWeights } from "./scaled-weights.ts";
import type { Scaling } from "./scaled-weights.ts";

/** Builds a network with one output: states of tokens, float32 [batch, sequence, width]. */
export type Build = (weights: Weights) => BuiltGraph;

const [texts, length, vocabulary] = [16, 24, 1000];

/**
 * The mean cosine between the vectors of 16 texts in float32 and in int8: with matrices that are smoothed by their norms, and without. A text's vector is
 * the mean of its tokens' states.
 */
export async function int8Cosines(
  build: Build,
  scalings: readonly Scaling[],
): Promise<{ readonly smoothed: number; readonly plain: number }> {
  const folder = await mkdtemp(join(tmpdir(), "kindred-outliers-"));
  try {
    const weights = await scaledWeights(folder, build, scalings);
    const store = new QuantizedStore({ folder: join(folder, "quantized") });
    const exact = await vectors(build(weights));
    const cosineOf = async (each: Build): Promise<number> => {
      const found = await vectors(await inPrecision("int8", weights, each, { store }));
      const sum = found.reduce((total, vector, i) => total + cosine(vector, exact[i]!), 0);
      return sum / texts;
    };
    return { smoothed: await cosineOf(build), plain: await cosineOf(withoutNorms(build)) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same network, whose weights do not hear which norms matrices are behind. */
function withoutNorms(build: Build): Build {
  return (weights) =>
    build({ ...weights, quantized: (name, shape) => weights.quantized?.(name, shape) });
}

async function vectors(built: BuiltGraph): Promise<readonly Float32Array[]> {
  const session = await open(built);
  const ids = Array.from({ length: texts * length }, (_, i) =>
    BigInt((7919 * i + ((i * i) % 97)) % vocabulary),
  );
  const feeds = {
    input_ids: new Tensor("int64", BigInt64Array.from(ids), [texts, length]),
    attention_mask: new Tensor(
      "int64",
      ids.map(() => 1n),
      [texts, length],
    ),
  };
  const asked = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
  const [states] = Object.values(await session.run(Object.fromEntries(asked)));
  await session.release();
  const data = states!.data as Float32Array;
  const width = states!.dims[2]!;
  return Array.from({ length: texts }, (_, text) => {
    const vector = new Float32Array(width);
    const begin = text * length * width;
    for (let i = 0; i < length * width; i++) vector[i % width]! += data[begin + i]! / length;
    return vector;
  });
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, each, i) => sum + each * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
