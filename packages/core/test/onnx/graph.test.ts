import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { add, graph, linear, openSafetensors, renameWeights } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { evaluate, folder, open, run, safetensors } from "./run.ts";

let root: string;
let weights: Weights;

beforeAll(async () => {
  root = await folder();
  await writeFile(
    join(root, "model.safetensors"),
    safetensors({
      "a.weight": { shape: [2, 2], values: [1, 2, 3, 4] },
      "a.bias": { shape: [2], values: [1, -1] },
      "b.weight": { dtype: "I64", shape: [1], values: new Uint8Array(8) },
      stray: { shape: [3], values: [0, 0, 0] },
    }),
  );
  weights = await openSafetensors(root, "model.safetensors");
});

test("a graph has the inputs, outputs and dims it was given", async () => {
  const g = graph("named", weights);
  const x = g.input("x", "float32", ["tokens", 2]);
  const source = g.output("y", linear(g.at("a"), x, 2, 2)).build();
  expect(source).toMatchObject({ name: "named", inputs: ["x"], outputs: ["y"], folder: root });
  const session = await open(source);
  expect(session.inputMetadata).toMatchObject([
    { name: "x", type: "float32", shape: ["tokens", 2] },
  ]);
  expect(session.outputMetadata).toMatchObject([{ name: "y", type: "float32" }]);
});

test("building and opening write nothing beside the weights", async () => {
  const g = graph("test", weights);
  const source = g.output("y", linear(g.at("a"), g.input("x", "float32", [1, 2]), 2, 2)).build();
  await run(source, { x: { dims: [1, 2], values: [1, 1] } });
  expect(await readdir(root)).toEqual(["model.safetensors"]);
});

test("a missing weight is refused with its name and the shape that was wanted", () => {
  const g = graph("bert", weights).at("encoder").at("layer");
  expect(() => g.weight("weight", [2, 3])).toThrow(
    expect.objectContaining({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/"bert".*"encoder\.layer\.weight".*\[2, 3\].*none/),
    }),
  );
});

test("a misshapen weight is refused with both shapes", () => {
  expect(() => graph("bert", weights).weight("a.weight", [2, 3])).toThrow(
    expect.objectContaining({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/"a\.weight".*\[2, 3\].*F32 \[2, 2\]/),
    }),
  );
});

test("the same number of elements in another shape is not the same weight", () => {
  expect(() => graph("bert", weights).weight("a.weight", [4])).toThrow(/\[4\].*\[2, 2\]/);
  expect(() => graph("bert", weights).weight("a.weight", [1, 2, 2])).toThrow(/\[1, 2, 2\]/);
});

test("a weight that is not of floats is refused", () => {
  expect(() => graph("bert", weights).weight("b.weight", [1])).toThrow(/F32, F16, BF16.*I64/);
});

test("has looks in its own scope", () => {
  const g = graph("test", weights);
  expect(g.has("a.weight")).toBe(true);
  expect(g.at("a").has("weight")).toBe(true);
  expect(g.at("b").has("bias")).toBe(false);
});

test("weights that the graph did not ask for are named", () => {
  const g = graph("test", weights);
  const source = g.output("y", linear(g.at("a"), g.input("x", "float32", [1, 2]), 2, 2)).build();
  expect(source.unused).toEqual(["b.weight", "stray"]);
});

test("a weight used twice enters the graph once, whatever shapes it is seen in", async () => {
  const g = graph("test", weights);
  const flat = g.weight("a.weight", [1, 4], { stored: [2, 2] });
  const square = g.weight("a.weight", [2, 2]);
  expect(g.weight("a.weight", [2, 2])).toBe(square);
  const row = g.node("Reshape", [square, g.int64([1, 4])]);
  const source = g.output("y", add(g, flat, row)).build();
  expect(source.bytes).toBe(16);
  expect((await run(source, {})).values).toEqual([2, 4, 6, 8]);
});

test("equal constants are one", () => {
  const g = graph("test", weights);
  expect(g.int64([1, 2])).toBe(g.int64([1, 2]));
  expect(g.int64([1, 2])).not.toBe(g.float32([1, 2]));
  expect(g.int64([1])).not.toBe(g.int64([1], []));
  expect(g.int64([1, 2])).not.toBe(g.int64([2, 1]));
});

test("constants keep their values and dims", async () => {
  const { values, dims } = await evaluate({}, {}, (g) =>
    g.node("Cast", [g.int64([2 ** 40, -1], [2, 1])], { to: 1 }),
  );
  expect(dims).toEqual([2, 1]);
  expect(values).toEqual([2 ** 40, -1]);
});

test("float attributes stay floats when their value is whole", async () => {
  const { values } = await evaluate({}, { x: { dims: [2], values: [-1, 1] } }, (g, { x }) =>
    g.node("LeakyRelu", [x], { alpha: 2 }),
  );
  expect(values).toEqual([-2, 1]);
});

test("string and list attributes reach the operator", async () => {
  const feed = { x: { dims: [1, 2], values: [1, 2] } };
  const { values, dims } = await evaluate({}, feed, (g, { x }) => {
    const pads = g.int64([0, 0, 0, 1]);
    return g.node("Transpose", [g.node("Pad", [x, pads], { mode: "edge" })], { perm: [1, 0] });
  });
  expect(dims).toEqual([3, 1]);
  expect(values).toEqual([1, 2, 2]);
});

/** 0.5, 1, -1.5 and float16's smallest subnormal or bfloat16's 2^-24, as each type's bits. */
const halves = { F16: [0x3800, 0x3c00, 0xbe00, 0x0001], BF16: [0x3f00, 0x3f80, 0xbfc0, 0x3380] };

test.each(["F16", "BF16"] as const)("%s weights are the same numbers in float32", async (dtype) => {
  const values = new Uint8Array(Uint16Array.from(halves[dtype]).buffer);
  const result = await evaluate({ w: { dtype, shape: [4], values } }, {}, (g) =>
    add(g, g.weight("w", [4]), g.float32([0])),
  );
  expect(result.values).toEqual([0.5, 1, -1.5, 2 ** -24]);
  expect(result.built.bytes).toBe(16);
});

test("memory is that of float32; opening takes more, most of all for convolutions that are converted", async () => {
  const of = async (dtype: string, shape: readonly number[]) => {
    const values = new Uint8Array(900 * (dtype === "F32" ? 4 : 2));
    const { built } = await evaluate({ w: { dtype, shape, values } }, {}, (g) =>
      add(g, g.weight("w", shape), g.float32([0])),
    );
    return [built.bytes, built.peakBytes];
  };
  expect(await of("F32", [10, 90])).toEqual([3600, 3960]);
  expect(await of("F16", [10, 90, 1, 1])).toEqual([3600, 4500]);
  expect(await of("F32", [10, 10, 3, 3])).toEqual([3600, 4500]);
  expect(await of("BF16", [10, 10, 3, 3])).toEqual([3600, 7560]);
});

test("a graph's source has its author's estimate of activations", () => {
  const g = graph("test", weights);
  const x = g.input("x", "float32", ["tokens", 2]);
  g.output("y", linear(g.at("a"), x, 2, 2));
  expect(g.build().workspace).toBeUndefined();
  const source = g.build({ workspace: ({ x: dims }) => 8 * dims![0]! });
  expect(source.workspace!({ x: [5, 2] })).toBe(40);
});

test("renamed weights are found under their new names only", async () => {
  const renamed = renameWeights(weights, (name) => name.replace(/^a\./, "first."));
  const g = graph("test", renamed);
  expect(g.has("a.weight")).toBe(false);
  const source = g
    .output("y", linear(g.at("first"), g.input("x", "float32", [1, 2]), 2, 2))
    .build();
  expect(source.unused).toEqual(["b.weight", "stray"]);
  expect((await run(source, { x: { dims: [1, 2], values: [1, 1] } })).values).toEqual([4, 6]);
});

test("two weights renamed to one are refused", () => {
  expect(() => renameWeights(weights, (name) => name.replace("weight", "bias"))).toThrow(
    /"a\.bias"|"a\.weight"/,
  );
});
