import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { graph, openSafetensors } from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value } from "@kindred/core/onnx";
import type { GraphSource } from "@kindred/core";

export interface Stored {
  readonly dtype?: string;
  readonly shape: readonly number[];
  /** float32 values, or the bytes themselves. */
  readonly values: readonly number[] | Uint8Array;
}

export function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "kindred-onnx-"));
}

/** A .safetensors file of these tensors, in this order. */
export function safetensors(tensors: Readonly<Record<string, Stored>>): Buffer {
  const header: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { dtype = "F32", shape, values }] of Object.entries(tensors)) {
    const bytes =
      values instanceof Uint8Array ? values : new Uint8Array(Float32Array.from(values).buffer);
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    parts.push(bytes);
    offset += bytes.length;
  }
  return withHeader(JSON.stringify(header), Buffer.concat(parts));
}

export function withHeader(header: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), data]);
}

export interface Feed {
  readonly type?: "float32" | "int64" | "int32";
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

/** Builds a graph over a file of these tensors, runs it, and gives its output's values and dims. */
export async function evaluate(
  tensors: Readonly<Record<string, Stored>>,
  feeds: Readonly<Record<string, Feed>>,
  write: (g: GraphBuilder, inputs: Record<string, Value>) => Value,
): Promise<{ values: number[]; dims: readonly number[]; built: BuiltGraph }> {
  const root = await folder();
  await writeFile(join(root, "model.safetensors"), safetensors(tensors));
  const g = graph("test", await openSafetensors(root, "model.safetensors"));
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, { type = "float32", dims }]) => [
      name,
      g.input(name, type, dims),
    ]),
  );
  const built = g.output("y", write(g, inputs)).build();
  return { ...(await run(built, feeds)), built };
}

export async function run(
  source: GraphSource,
  feeds: Readonly<Record<string, Feed>>,
): Promise<{ values: number[]; dims: readonly number[] }> {
  const session = await open(source);
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [name, tensor(feed)]),
  );
  const { y } = await session.run(tensors);
  await session.release();
  return { values: Array.from(y!.data as Float32Array, Number), dims: y!.dims };
}

export function open({ model, folder: root }: GraphSource): Promise<InferenceSession> {
  const options = { extra: { session: { model_external_initializers_file_folder_path: root } } };
  return typeof model === "string"
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options);
}

function tensor({ type = "float32", values, dims }: Feed): Tensor {
  if (type === "int64") return new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
  if (type === "int32") return new Tensor("int32", Int32Array.from(values), dims);
  return new Tensor("float32", Float32Array.from(values), dims);
}
