import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { openSafetensors } from "@kindred/core/onnx";
import { fill, synthesize } from "@kindred/core/testing";
import type { FloatType, SynthesizeOptions } from "@kindred/core/testing";
import { InferenceSession, Tensor } from "onnxruntime-node";

/** A run of one component, as tools/reference/diffusion_graphs.py recorded it. */
export interface Golden {
  readonly dtype: FloatType;
  readonly config: Readonly<Record<string, unknown>>;
  /** By name: a shape, which is filled by the input's name, rows of token ids, or a timestep. */
  readonly inputs: Readonly<
    Record<string, number | readonly number[] | readonly (readonly number[])[]>
  >;
  readonly outputs: Readonly<
    Record<string, { readonly dims: readonly number[]; readonly base64: string }>
  >;
}

export function readGolden(name: string): Golden {
  const file = new URL(`../golden/graphs/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Golden;
}

/** The differences of a checkpoint's names from those that graphs ask for first. */
export type Naming = Pick<SynthesizeOptions, "has" | "rename" | "extra">;

/** Calls `use` with the weights of a golden's checkpoint, which lie in a temporary folder. */
export async function withWeights<Result>(
  golden: Golden,
  build: (weights: Weights) => unknown,
  naming: Naming,
  use: (weights: Weights) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "kindred-graphs-"));
  try {
    const name = "model.safetensors";
    await synthesize({ file: join(folder, name), dtype: golden.dtype, build, ...naming });
    return await use(await openSafetensors(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The greatest difference of each output, relative to the golden's greatest value. `further` feeds were not recorded. */
export async function deviations(
  golden: Golden,
  graph: BuiltGraph,
  further: Readonly<Record<string, Tensor>> = {},
): Promise<Record<string, number>> {
  const names = Object.keys(golden.outputs);
  const results = await run(graph, { ...feedsOf(golden), ...further }, names);
  return Object.fromEntries(names.map((name) => [name, deviation(results[name]!, golden, name)]));
}

export async function run(
  graph: BuiltGraph,
  feeds: Record<string, Tensor>,
  outputs: string[],
): Promise<Record<string, Tensor>> {
  const folder = { model_external_initializers_file_folder_path: graph.folder };
  const options = { extra: { session: folder }, intraOpNumThreads: 1 };
  const session = await InferenceSession.create(graph.model, options);
  try {
    return await session.run(feeds, outputs);
  } finally {
    await session.release();
  }
}

function feedsOf(golden: Golden): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(golden.inputs).map(([name, input]) => [name, feed(name, input)]),
  );
}

function feed(name: string, input: Golden["inputs"][string]): Tensor {
  if (typeof input === "number") return new Tensor("float32", [input], [1]);
  if (typeof input[0] === "number") return noise(name, input as readonly number[]);
  const rows = input as readonly (readonly number[])[];
  const ids = BigInt64Array.from(rows.flat(), BigInt);
  return new Tensor("int64", ids, [rows.length, rows[0]!.length]);
}

/** Noise of unit variance: `fill` takes the shape [n, 1] for a fan-in of one. */
export function noise(name: string, dims: readonly number[]): Tensor {
  const values = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  fill(values, 0, { name, shape: [values.length, 1] });
  return new Tensor("float32", values, dims);
}

function deviation(result: Tensor, golden: Golden, name: string): number {
  const { dims, base64 } = golden.outputs[name]!;
  if (result.dims.join() !== dims.join()) return Infinity;
  const expected = new Float32Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer);
  const actual = result.data as Float32Array;
  const scale = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return expected.reduce((max, value, i) => Math.max(max, Math.abs(actual[i]! - value) / scale), 0);
}
