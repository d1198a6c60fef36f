import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { graph, layerNorm, linear, openSafetensors, splitLinear } from "@kindred/core/onnx";
import type { BuiltGraph, Precision, Weights } from "@kindred/core/onnx";
import { QuantizedStore } from "@kindred/core/precision";
import type { LoadProgress } from "@kindred/core";
import { inPrecision, newFolder } from "./in-precision.ts";
import { folder, run, safetensors } from "./run.ts";
import type { Stored } from "./run.ts";

const precisions = ["weight-int8", "weight-int4"] as const;
const bitsOf = { "weight-int8": 8, "weight-int4": 4 } as const;

/** Numbers of a normal distribution, the same each time (Box and Muller, over a linear congruence). */
function normal(count: number, seed: number): number[] {
  let state = seed * 2_654_435_761 + 1;
  const uniform = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  return Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

interface Shape {
  readonly input: number;
  readonly output: number;
}

/** A checkpoint of one linear. */
async function checkpoint(
  { input, output }: Shape,
  values: Stored["values"] = normal(input * output, 1),
  dtype = "F32",
): Promise<Weights> {
  const root = await folder();
  const tensors = {
    "a.weight": { dtype, shape: [output, input], values },
    "a.bias": { shape: [output], values: normal(output, 2) },
  };
  await writeFile(join(root, "model.safetensors"), safetensors(tensors));
  return openSafetensors(root, "model.safetensors");
}

const network =
  ({ input, output }: Shape, bias = true) =>
  (held: Weights): BuiltGraph => {
    const g = graph("test", held);
    const x = g.input("x", "float32", ["rows", input]);
    return g.output("y", linear(g.at("a"), x, input, output, { bias })).build();
  };

async function newStore(): Promise<QuantizedStore> {
  return new QuantizedStore({ folder: await newFolder() });
}

async function filesOf(store: QuantizedStore): Promise<string[]> {
  return (await readdir(store.folder)).filter((name) => name !== "index");
}

/** The only matrix of a store's only file, as its blocks say it. */
async function roundedMatrix(
  store: QuantizedStore,
  { input, output }: Shape,
  bits: 8 | 4,
): Promise<Float64Array> {
  const [name] = await filesOf(store);
  const file = await readFile(join(store.folder, name!));
  const length = Number(file.readBigUInt64LE());
  const header = JSON.parse(file.subarray(8, 8 + length).toString());
  const bytesOf = (tensor: string): Uint8Array => {
    const [begin, end] = header[tensor].data_offsets;
    return Uint8Array.from(file.subarray(8 + length + begin, 8 + length + end));
  };
  const scales = new Float32Array(bytesOf("a.weight.scale").buffer);
  const [values, zeros] = [bytesOf("a.weight"), bytesOf("a.weight.zero")];
  const number = (bytes: Uint8Array, i: number): number =>
    bits === 8 ? bytes[i]! : (bytes[i >> 1]! >> (4 * (i % 2))) & 15;
  const blocks = Math.ceil(input / 32);
  const zerosInRow = bits === 8 ? blocks : 2 * Math.ceil(blocks / 2);
  return Float64Array.from({ length: output * input }, (_, i) => {
    const [row, column] = [Math.floor(i / input), i % input];
    const block = Math.floor(column / 32);
    const value = number(values, (row * blocks + block) * 32 + (column % 32));
    const zero = number(zeros, row * zerosInRow + block);
    return (value - zero) * scales[row * blocks + block]!;
  });
}

/** Root of the mean square difference, relative to the expected. */
function error(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, all] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (found[i]! - expected[i]!) ** 2;
    all += expected[i]! ** 2;
  }
  return Math.sqrt(difference / all);
}

/** x · matrixᵀ + bias, in double precision. */
function product(
  x: readonly number[],
  matrix: ArrayLike<number>,
  bias: readonly number[],
  { input, output }: Shape,
): number[] {
  return Array.from({ length: (x.length / input) * output }, (_, i) => {
    const [row, column] = [Math.floor(i / output), i % output];
    let sum = Math.fround(bias[column]!);
    for (let k = 0; k < input; k++)
      sum += Math.fround(x[row * input + k]!) * matrix[column * input + k]!;
    return sum;
  });
}

describe.each(precisions)("%s", (precision) => {
  const bits = bitsOf[precision];

  test.each([
    [64, 16, 5],
    [32, 3, 1],
    [48, 32, 4],
    [33, 7, 3],
    [7, 5, 2],
    [769, 130, 40],
  ])(
    "a matrix of %d inputs and %d outputs in blocks gives the products of %d rows",
    async (...sizes) => {
      const [input, output, rows] = sizes;
      const shape = { input, output };
      const weights = await checkpoint(shape);
      const x = normal(rows * input, 3);
      const feeds = { x: { dims: [rows, input], values: x } };
      const store = await newStore();
      const found = await run(
        await inPrecision(precision, weights, network(shape), { store }),
        feeds,
      );
      const matrix = await roundedMatrix(store, shape, bits);
      const expected = product(x, matrix, normal(output, 2), shape);
      expect(error(found.values, expected)).toBeLessThan(1e-6);
      const bare = await inPrecision(precision, weights, network(shape, false), { store });
      const without = product(x, matrix, Array<number>(output).fill(0), shape);
      expect(error((await run(bare, feeds)).values, without)).toBeLessThan(1e-6);
    },
  );

  test("rounds every weight to the nearest step of its block, and keeps zeros", async () => {
    const shape = { input: 70, output: 20 };
    const values = normal(1400, 4).map((weight, i) => (i % 5 === 0 ? 0 : weight));
    const weights = await checkpoint(shape, values);
    const store = await newStore();
    await inPrecision(precision, weights, network(shape), { store });
    const matrix = await roundedMatrix(store, shape, bits);
    for (let row = 0; row < 20; row++)
      for (const [begin, end] of [
        [0, 32],
        [32, 64],
        [64, 70],
      ] as const) {
        const [first, last] = [row * 70 + begin, row * 70 + end];
        const block = values.slice(first, last);
        const step = (Math.max(0, ...block) - Math.min(0, ...block)) / (2 ** bits - 1);
        for (let i = first; i < last; i++) {
          // The least and the greatest may be half a step of the zero beyond their own.
          expect(Math.abs(matrix[i]! - values[i]!)).toBeLessThan(1.01 * step);
          if (values[i] === 0) expect(matrix[i]).toBe(0);
        }
        const inside = block.filter((each) => Math.abs(each) < 0.4 * step * 2 ** (bits - 1));
        const far = inside.filter((each) => {
          const place = first + block.indexOf(each);
          return Math.abs(matrix[place]! - each) > 0.5001 * step;
        });
        expect(far).toEqual([]);
      }
  });

  test("leaves the error that was measured, of normal weights and of those with outliers", async () => {
    const shape = { input: 512, output: 128 };
    const measured = { "weight-int8": [0.00475, 0.0061], "weight-int4": [0.0807, 0.103] };
    const plain = normal(512 * 128, 5);
    const outliers = plain.map((weight, i) => (i % 97 === 0 ? 10 * weight : weight));
    for (const [i, values] of [plain, outliers].entries()) {
      const store = await newStore();
      const weights = await checkpoint(shape, values);
      await inPrecision(precision, weights, network(shape), { store });
      const found = error(await roundedMatrix(store, shape, bits), values);
      expect(found / measured[precision][i]!).toBeGreaterThan(0.95);
      expect(found / measured[precision][i]!).toBeLessThan(1.05);
    }
  });

  test("takes zeros, equal weights, and the largest and the least that float32 has", async () => {
    const shape = { input: 32, output: 5 };
    const [most, least] = [3.4e38, 1e-45];
    const rows = [0, 0.25, -3, most, least].map((value) => Array<number>(32).fill(value));
    rows[3]![7] = -most;
    const store = await newStore();
    const weights = await checkpoint(shape, rows.flat());
    await inPrecision(precision, weights, network(shape), { store });
    const matrix = await roundedMatrix(store, shape, bits);
    expect([...matrix.subarray(0, 32)]).toEqual(rows[0]);
    for (const [row, value] of [
      [1, 0.25],
      [2, -3],
    ] as const)
      for (let i = 0; i < 32; i++) expect(matrix[row * 32 + i]! / value).toBeCloseTo(1, 6);
    for (let i = 96; i < 128; i++) expect(matrix[i]! / rows[3]![i - 96]!).toBeCloseTo(1, 0);
    expect([...matrix].every(Number.isFinite)).toBe(true);
  });

  test("a row of zeros, or of what is no number, changes no other row", async () => {
    const shape = { input: 64, output: 8 };
    const built = await inPrecision(precision, await checkpoint(shape), network(shape));
    const plain = normal(64, 6);
    const after = async (first: number) => {
      const values = [...Array<number>(64).fill(first), ...plain];
      return (await run(built, { x: { dims: [2, 64], values } })).values.slice(8);
    };
    const expected = await after(1);
    for (const first of [0, NaN, Infinity]) expect(await after(first)).toEqual(expected);
  });

  test.each(["F16", "BF16"])("rounds what weights in %s stand for", async (dtype) => {
    const shape = { input: 64, output: 8 };
    // 2 to 4, whose upper half is the same number in both types but for the place of its bits.
    const halves = Uint16Array.from({ length: 512 }, (_, i) =>
      dtype === "F16" ? 0x4000 + 8 * (i % 128) : 0x4000 + (i % 128),
    );
    const values = Array.from({ length: 512 }, (_, i) => 2 * (1 + (i % 128) / 128));
    const store = await newStore();
    const bytes = new Uint8Array(halves.buffer);
    await inPrecision(precision, await checkpoint(shape, bytes, dtype), network(shape), { store });
    expect(error(await roundedMatrix(store, shape, bits), values)).toBeLessThan(
      0.1 / 2 ** (bits - 4),
    );
  });

  test("a weight that is not finite says so", async () => {
    const shape = { input: 64, output: 8 };
    const weights = await checkpoint(shape, normal(512, 7).with(65, NaN));
    await expect(inPrecision(precision, weights, network(shape))).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/"a\.weight" is not of finite numbers: row 1 has NaN/),
    });
  });

  test("a linear in parts is the linear", async () => {
    // Neither fills its last block, and parts begin within a byte's worth of zeros.
    const shape = { input: 40, output: 12 };
    const weights = await checkpoint(shape);
    const parts = (held: Weights) => {
      const g = graph("test", held);
      const x = g.input("x", "float32", ["rows", shape.input]);
      const all = splitLinear(g.at("a"), x, shape.input, shape.output, 3);
      return g.output("y", g.node("Concat", [...all], { axis: 1 })).build();
    };
    const store = await newStore();
    const feeds = { x: { dims: [2, shape.input], values: normal(2 * shape.input, 4) } };
    const [whole, joined] = [
      await run(await inPrecision(precision, weights, network(shape), { store }), feeds),
      await run(await inPrecision(precision, weights, parts, { store }), feeds),
    ];
    expect(await filesOf(store)).toHaveLength(1);
    for (const [i, value] of joined.values.entries())
      expect(value).toBeCloseTo(whole.values[i]!, 4);
  });

  test("linears that are to stay exact are those of float32", async () => {
    const shape = { input: 64, output: 8 };
    const weights = await checkpoint(shape);
    const exact = (held: Weights) => {
      const g = graph("test", held);
      const x = g.input("x", "float32", ["rows", 64]);
      return g.output("y", linear(g.at("a"), x, 64, 8, { exact: true })).build();
    };
    expect(await inPrecision(precision, weights, exact)).toEqual(exact(weights));
  });
});

test("two precisions of a checkpoint lie side by side, and a second start reads each in place", async () => {
  const shape = { input: 96, output: 24 };
  const weights = await checkpoint(shape);
  const store = await newStore();
  const heard: LoadProgress[] = [];
  const values = async (precision: Precision) => {
    const built = await inPrecision(precision, weights, network(shape), { store, heard });
    return (await run(built, { x: { dims: [2, 96], values: normal(192, 8) } })).values;
  };
  const all = ["float32", "weight-int8", "int8", "weight-int4"] as const;
  const first = [];
  for (const each of all) first.push(await values(each));
  const told = heard.map(({ what }) => what);
  expect([...new Set(told)]).toEqual(all.slice(1).map((each) => `weights in ${each}`));
  expect(await filesOf(store)).toHaveLength(3);
  heard.length = 0;
  for (const [i, each] of all.entries()) expect(await values(each)).toEqual(first[i]);
  expect(heard).toEqual([]);
  expect(await filesOf(store)).toHaveLength(3);
  const [exact, ...others] = first;
  const [eight, both, four] = others.map((each) => error(each, exact!));
  expect(eight).toBeLessThan(0.01);
  expect(eight).toBeLessThan(both!);
  expect(both).toBeLessThan(four!);
  expect(four).toBeLessThan(0.15);
});

test.each(precisions)(
  "%s smooths by norms: large channels of one cost the others less",
  async (precision) => {
    const width = 64;
    const root = await folder();
    const large = normal(width, 11).map((each, i) => (i % 16 === 0 ? 30 : Math.abs(each)));
    const tensors = {
      "norm.weight": { shape: [width], values: large },
      "norm.bias": { shape: [width], values: normal(width, 12) },
      "a.weight": { shape: [32, width], values: normal(32 * width, 13) },
      "b.weight": { shape: [32, width], values: normal(32 * width, 14) },
    };
    await writeFile(join(root, "model.safetensors"), safetensors(tensors));
    const weights = await openSafetensors(root, "model.safetensors");
    const build = (isKnown: boolean) => (held: Weights) => {
      const g = graph("test", held);
      const x = g.input("x", "float32", ["rows", width]);
      const y = layerNorm(g.at("norm"), x, width, 1e-6);
      const norm = isKnown ? y : g.node("Identity", [y]);
      const [a, b] = ["a", "b"].map((name) => linear(g.at(name), norm, width, 32, { bias: false }));
      return g.output("y", g.node("Add", [a, b])).build();
    };
    const feeds = { x: { dims: [8, width], values: normal(8 * width, 15) } };
    const exact = (await run(build(true)(weights), feeds)).values;
    const errorOf = async (isKnown: boolean) =>
      error(
        (await run(await inPrecision(precision, weights, build(isKnown)), feeds)).values,
        exact,
      );
    expect(await errorOf(true)).toBeLessThan(0.8 * (await errorOf(false)));
  },
);

test("footprints count blocks with their scales and zeros, and the matrix that a run unpacks", async () => {
  const shape = { input: 100, output: 10 };
  const weights = await checkpoint(shape);
  const build = network(shape);
  const [float, eight, four] = await Promise.all(
    (["float32", ...precisions] as const).map((each) => inPrecision(each, weights, build)),
  );
  const bias = 40;
  expect(float).toMatchObject({ precision: "float32", bytes: 4000 + bias });
  expect(float!.workspace).toBeUndefined();
  // Four blocks in a row, of 32 elements, a scale and a zero.
  expect(eight).toMatchObject({ precision: "weight-int8", bytes: 10 * 4 * (32 + 4 + 1) + bias });
  expect(eight!.workspace!({})).toBe(2 * 4000);
  expect(four).toMatchObject({ precision: "weight-int4", bytes: 10 * 4 * (16 + 4 + 0.5) + bias });
  expect(four!.workspace).toBeUndefined();
  for (const { unused } of [float!, eight!, four!]) expect(unused).toEqual([]);
});

test("onnxruntime does not unpack matrices of eight bits when it opens the graph, nor before their turn", async () => {
  const width = 64;
  const root = await folder();
  const tensors = Object.fromEntries(
    [0, 1, 2].map((i) => [
      `${i}.weight`,
      { shape: [width, width], values: normal(width * width, i) },
    ]),
  );
  await writeFile(join(root, "model.safetensors"), safetensors(tensors));
  const weights = await openSafetensors(root, "model.safetensors");
  const built = await inPrecision("weight-int8", weights, (held) => {
    const g = graph("test", held);
    let x = g.input("x", "float32", ["rows", width]);
    for (let i = 0; i < 3; i++) x = linear(g.at(`${i}`), x, width, width, { bias: false });
    return g.output("y", x).build();
  });
  const optimized = join(root, "optimized.onnx");
  const session = await InferenceSession.create(built.model, {
    graphOptimizationLevel: "all",
    optimizedModelFilePath: optimized,
    logSeverityLevel: 3,
    extra: { session: { model_external_initializers_file_folder_path: built.folder } },
  });
  await session.release();
  const nodes = (await readFile(optimized))
    .toString("latin1")
    .match(/DequantizeLinear_\d+|Gemm_\d+/g)!;
  const order = nodes.map((name) => name.split("_")[0]);
  const turns = order.filter((each, i) => each !== order[i - 1]);
  expect(turns).toEqual([
    "DequantizeLinear",
    "Gemm",
    "DequantizeLinear",
    "Gemm",
    "DequantizeLinear",
    "Gemm",
  ]);
});
