import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { synthesize } from "@kindred/core/testing";
import { embedding, graph, layerNorm, linear, openSafetensors } from "@kindred/core/onnx";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { folder, run } from "../onnx/run.ts";
import recorded from "../golden/fill.json" with { type: "json" };

function toy(weights: Weights): BuiltGraph {
  const g = graph("toy", weights);
  const ids = g.input("ids", "int64", ["tokens"]);
  const x = embedding(g.at("embeddings"), ids, 5, 4);
  const projected = linear(g.at("project"), x, 4, 3, { bias: g.has("project.bias") });
  return g.output("y", layerNorm(g.at("norm"), projected, 3, 1e-5)).build();
}

const ids = { ids: { type: "int64" as const, dims: [2], values: [1, 4] } };

async function open(options: Partial<Parameters<typeof synthesize>[0]> = {}): Promise<Weights> {
  const root = await folder();
  await synthesize({ file: join(root, "toy.safetensors"), build: toy, ...options });
  return openSafetensors(root, "toy.safetensors");
}

async function floats(weights: Weights, name: string): Promise<number[]> {
  const { location, offset, length } = weights.get(name)!;
  const file = await readFile(join(weights.folder, location));
  return Array.from(
    new Float32Array(new Uint8Array(file.subarray(offset, offset + length)).buffer),
  );
}

test("a synthesized checkpoint has what the graph asks for, and opens", async () => {
  const weights = await open();
  expect(weights.names.toSorted()).toEqual([
    "embeddings.weight",
    "norm.bias",
    "norm.weight",
    "project.weight",
  ]);
  const built = toy(weights);
  expect(built.unused).toEqual([]);
  const { values, dims } = await run(built, ids);
  expect(dims).toEqual([2, 3]);
  expect(values.every((value) => Number.isFinite(value))).toBe(true);
});

test.each(recorded)("$name $shape has the values that fill.py gives", async (tensor) => {
  const build = (weights: Weights) => graph("one", weights).weight(tensor.name, tensor.shape);
  for (const [dtype, expected] of Object.entries(tensor.values)) {
    const root = await folder();
    const file = join(root, "one.safetensors");
    await synthesize({ file, dtype: dtype as "F32" | "F16" | "BF16", build });
    const g = graph("one", await openSafetensors(root, "one.safetensors"));
    const flat = g.node("Reshape", [g.weight(tensor.name, tensor.shape), g.int64([-1])]);
    g.output("y", g.node("Gather", [flat, g.int64(tensor.indices)]));
    expect((await run(g.build(), {})).values).toEqual(expected.map(Math.fround));
  }
});

test("values depend on the name and the index alone", async () => {
  const first = await floats(await open(), "project.weight");
  const again = await floats(await open({ has: () => true }), "project.weight");
  expect(again).toEqual(first);
  expect(new Set(first).size).toBe(first.length);
});

test("values stay within their spread", async () => {
  const build = (weights: Weights) => graph("big", weights).weight("project.weight", [300, 75]);
  const values = await floats(await open({ build }), "project.weight");
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.005);
  expect(Math.max(...values)).toBeLessThanOrEqual(0.2 + 1e-7);
  expect(Math.max(...values)).toBeGreaterThan(0.199);
  expect(Math.min(...values)).toBeLessThan(-0.199);
});

test("the author answers what a graph asks by has", async () => {
  const weights = await open({ has: (name) => name === "project.bias" });
  expect(weights.names).toContain("project.bias");
});

test("a checkpoint may name its weights differently, which changes their values", async () => {
  const plain = await open();
  const prefixed = await open({ rename: (name) => `bert.${name}` });
  expect(prefixed.names).toContain("bert.norm.weight");
  expect(await floats(prefixed, "bert.project.weight")).not.toEqual(
    await floats(plain, "project.weight"),
  );
});

test("a checkpoint may have tensors no graph asks for", async () => {
  const extra = [{ name: "position_ids", shape: [1, 3], dtype: "I64" as const }];
  const weights = await open({ dtype: "F16", extra });
  expect(weights.get("position_ids")).toMatchObject({ dtype: "I64", shape: [1, 3], length: 24 });
  expect(toy(weights).unused).toEqual(["position_ids"]);
});

test("tensors lie aligned to their elements", async () => {
  const extra = [{ name: "position_ids", shape: [1, 3], dtype: "I64" as const }];
  const weights = await open({ dtype: "F16", extra });
  for (const name of weights.names) {
    const { dtype, offset } = weights.get(name)!;
    expect(offset % (dtype === "I64" ? 8 : 2)).toBe(0);
  }
});

test("a tensor of more than one chunk begins like a small one", async () => {
  const of = (rows: number) =>
    open({ build: (weights) => graph("long", weights).weight("embed", [rows, 1]) });
  const values = await floats(await of(2 ** 20 + 5), "embed");
  expect(values).toHaveLength(2 ** 20 + 5);
  expect(values.slice(0, 7)).toEqual(await floats(await of(7), "embed"));
});
