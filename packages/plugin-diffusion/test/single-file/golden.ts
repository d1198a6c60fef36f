import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { LaunchListing, TensorFacts } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import type { FloatType } from "@kindred/core/testing";
import type { ImageRequest } from "../../src/index.ts";

type Shape = readonly number[];

/** Stable Diffusion 1.5, 2.1 or XL in one file, as tools/reference/single_file.py recorded it. */
export interface GoldenFile {
  /** The published configs, by component. */
  readonly configs: Readonly<Record<string, any>>;
  /** The shape of each tensor in the file. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** By component and by the name in the file: what diffusers' conversion makes of a tensor, with shapes. */
  readonly names: Readonly<
    Record<string, Readonly<Record<string, readonly (readonly [string, Shape])[]>>>
  >;
}

interface GoldenCase {
  readonly model: string;
  readonly dtype?: FloatType;
  /** Prefixes in the file. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Factor of the biases that tell velocity from epsilon. */
  readonly telling?: number;
  /** Tensors of no elements, whose names state what the file predicts. */
  readonly markers?: readonly string[];
  readonly request: ImageRequest;
}

const folder = new URL("../golden/single-file/", import.meta.url);
const names = JSON.parse(gunzipSync(readFileSync(new URL("names.json.gz", folder))).toString()) as {
  readonly models: Readonly<Record<string, GoldenFile>>;
  readonly tiny: Readonly<Record<string, Readonly<Record<string, Shape>>>>;
};

export const models: Readonly<Record<string, GoldenFile>> = names.models;
export const cases: Readonly<Record<string, GoldenCase>> = JSON.parse(
  readFileSync(new URL("cases.json", folder), "utf8"),
).cases;

/** A model of loose files, each of tensors with these names and shapes, all float32. Others have no content. */
export function looseListing(
  name: string,
  weights: Readonly<Record<string, Readonly<Record<string, Shape>>>>,
  others: readonly string[] = [],
): LaunchListing {
  const headers = new Map(
    Object.entries(weights).map(([file, shapes]) => [
      file,
      { tensors: tensorsOf(shapes), metadata: {} },
    ]),
  );
  return {
    id: name,
    names: [name],
    files: [...headers.keys(), ...others].toSorted(),
    json: () => undefined,
    header: (file) => headers.get(file),
  };
}

function tensorsOf(shapes: Readonly<Record<string, Shape>>): ReadonlyMap<string, TensorFacts> {
  return new Map(Object.entries(shapes).map(([name, shape]) => [name, { dtype: "F32", shape }]));
}

/** Weights of these shapes in a file that is not there, one after another. */
export function weightsOf(shapes: Readonly<Record<string, Shape>>): Weights {
  let end = 0;
  const tensors = new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const length = 4 * shape.reduce((product, dim) => product * dim, 1);
      const offset = end;
      end += length;
      return [name, { dtype: "F32", shape, location: "model.safetensors", offset, length }];
    }),
  );
  return { folder: "/", names: [...tensors.keys()], get: (name) => tensors.get(name) };
}

const telling = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias";

/** Writes the file of a case. */
export async function writeCase(file: string, name: string): Promise<void> {
  const { model, dtype = "F32", rename = {}, telling: factor = 1, markers = [] } = cases[name]!;
  const renamed = (stored: string) =>
    Object.entries(rename).reduce((text, [from, to]) => text.replace(from, to), stored);
  const extra = Object.entries(names.tiny[model]!).map(([stored, shape]) => ({
    name: renamed(stored),
    shape,
    dtype,
  }));
  const empty = markers.map((marker) => ({ name: marker, shape: [0], dtype }));
  await synthesize({ file, build: () => undefined, extra: [...extra, ...empty] });
  if (factor !== 1) await multiply(file, telling, factor);
}

/** Multiplies a float32 tensor in its file. */
export async function multiply(file: string, name: string, factor: number): Promise<void> {
  const weights = await openSafetensors(dirname(file), basename(file));
  const { offset, length } = weights.get(name)!;
  const handle = await open(join(dirname(file), basename(file)), "r+");
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
  for (let i = 0; i < length; i += 4) buffer.writeFloatLE(buffer.readFloatLE(i) * factor, i);
  await handle.write(buffer, 0, length, offset);
  await handle.close();
}
