import { expect, test } from "vitest";
import {
  add,
  attention,
  cast,
  conv2d,
  either,
  embedding,
  forEach,
  gelu,
  geluTanh,
  groupNorm,
  layerNorm,
  linear,
  normalize,
  quickGelu,
  relativeBias,
  rmsNorm,
  silu,
  skipLayerNorm,
  slice,
  split,
  transpose,
  upsample,
} from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import { evaluate } from "./run.ts";

function close(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
}

test("a linear is x times the transposed weight plus the bias", async () => {
  const { values, dims } = await evaluate(
    {
      "q.weight": { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] },
      "q.bias": { shape: [3], values: [0.5, 0, -1] },
    },
    { x: { dims: [2, 2], values: [1, 1, 2, -1] } },
    (g, { x }) => linear(g.at("q"), x!, 2, 3),
  );
  expect(dims).toEqual([2, 3]);
  close(values, [3.5, 7, 10, 0.5, 2, 3]);
});

test("a linear without bias may be stored as a 1×1 convolution", async () => {
  const { values } = await evaluate(
    { "q.weight": { shape: [3, 2, 1, 1], values: [1, 2, 3, 4, 5, 6] } },
    { x: { dims: [1, 2], values: [1, 1] } },
    (g, { x }) => linear(g.at("q"), x!, 2, 3, { bias: false, stored: [3, 2, 1, 1] }),
  );
  close(values, [3, 7, 11]);
});

test("an embedding takes the rows that the ids name", async () => {
  const { values, dims } = await evaluate(
    { weight: { shape: [3, 2], values: [0, 1, 10, 11, 20, 21] } },
    { ids: { type: "int64", dims: [1, 2], values: [2, 0] } },
    (g, { ids }) => embedding(g, ids!, 3, 2),
  );
  expect(dims).toEqual([1, 2, 2]);
  close(values, [20, 21, 0, 1]);
});

test("a root mean square norm scales each row by its weight, and shifts nothing", async () => {
  const { values } = await evaluate(
    { "n.weight": { shape: [2], values: [1, 10] } },
    { x: { dims: [2, 2], values: [3, 4, -6, 8] } },
    (g, { x }) => rmsNorm(g.at("n"), x!, 2, 1e-6),
  );
  const mean = Math.sqrt(12.5);
  close(values, [3 / mean, 40 / mean, -3 / mean, 40 / mean]);
});

const norm = {
  weight: { shape: [4], values: [1, 2, 3, 4] },
  bias: { shape: [4], values: [0, 0, 1, -1] },
};
/** The layer norm of [1, 2, 3, 4] before weight and bias. */
const unit = [-3, -1, 1, 3].map((value) => value / Math.sqrt(5));
const affine = unit.map((value, i) => value * norm.weight.values[i]! + norm.bias.values[i]!);

test("a layer norm without bias has its weight alone", async () => {
  const { values } = await evaluate(
    { weight: norm.weight },
    { x: { dims: [1, 4], values: [1, 2, 3, 4] } },
    (g, { x }) => layerNorm(g, x!, 4, 1e-12, { bias: false }),
  );
  close(
    values,
    unit.map((value, i) => value * norm.weight.values[i]!),
  );
});

test("a layer norm has mean zero and variance one before its weight and bias", async () => {
  const feed = { x: { dims: [1, 4], values: [1, 2, 3, 4] } };
  const plain = await evaluate(norm, feed, (g, { x }) => layerNorm(g, x!, 4, 0));
  close(plain.values, affine);
  const options = { affine: false };
  const bare = await evaluate({}, feed, (g, { x }) => layerNorm(g, x!, 4, 0, options));
  close(bare.values, unit);
});

test("a layer norm's epsilon is added to the variance", async () => {
  const feed = { x: { dims: [1, 4], values: [1, 2, 3, 4] } };
  const { values } = await evaluate({}, feed, (g, { x }) =>
    layerNorm(g, x!, 4, 3.75, { affine: false }),
  );
  close(
    values,
    [-1.5, -0.5, 0.5, 1.5].map((value) => value / Math.sqrt(5)),
  );
});

test("a skip layer norm is the layer norm of the sum", async () => {
  const { values } = await evaluate(
    norm,
    {
      x: { dims: [1, 1, 4], values: [1, 1, 1, 1] },
      skip: { dims: [1, 1, 4], values: [0, 1, 2, 3] },
    },
    (g, { x, skip }) => skipLayerNorm(g, x!, skip!, { width: 4, epsilon: 0 }),
  );
  close(values, affine);
});

test("a group norm normalises each group and scales each channel", async () => {
  const { values, dims } = await evaluate(
    norm,
    { x: { dims: [1, 4, 1, 2], values: [1, 2, 3, 4, 10, 20, 30, 40] } },
    (g, { x }) => groupNorm(g, x!, { groups: 2, channels: 4, epsilon: 1e-12 }),
  );
  expect(dims).toEqual([1, 4, 1, 2]);
  const [a, b, c, d] = unit as [number, number, number, number];
  close(values, [a, b, 2 * c, 2 * d, 3 * a + 1, 3 * b + 1, 4 * c - 1, 4 * d - 1]);
});

test("a convolution pads, strides and adds its bias", async () => {
  const tensors = {
    weight: { shape: [1, 1, 3, 3], values: [0, 0, 0, 0, 1, 2, 0, 0, 0] },
    bias: { shape: [1], values: [100] },
  };
  const feed = { x: { dims: [1, 1, 3, 3], values: [1, 2, 3, 4, 5, 6, 7, 8, 9] } };
  const conv = (options: {
    stride?: number;
    padding?: number | [number, number, number, number];
  }) =>
    evaluate(tensors, feed, (g, { x }) => conv2d(g, x!, { in: 1, out: 1, kernel: 3, ...options }));
  close((await conv({})).values, [117]);
  close((await conv({ padding: 1, stride: 2 })).values, [105, 103, 123, 109]);
  const { values, dims } = await conv({ padding: [0, 0, 1, 1], stride: 2 });
  expect(dims).toEqual([1, 1, 1, 1]);
  close(values, [117]);
});

test("upsampling repeats each pixel", async () => {
  const { values } = await evaluate({}, { x: { dims: [1, 1, 1, 2], values: [1, 2] } }, (g, { x }) =>
    upsample(g, x!),
  );
  close(values, [1, 1, 2, 2, 1, 1, 2, 2]);
});

/** Attention over two heads of size 1: each of a head's scores is q · k, before the softmax. */
function attend(
  options: { causal?: boolean; scale?: number; mask?: number[]; bias?: number[] } = {},
): Promise<{ values: number[] }> {
  const { mask, bias, ...rest } = options;
  return evaluate(
    {},
    {
      q: { dims: [1, 2, 2], values: [1, 0, 2, -1] },
      k: { dims: [1, 2, 2], values: [1, 1, 2, 3] },
      v: { dims: [1, 2, 2], values: [1, 10, 2, 20] },
      ...(mask && { mask: { type: "int32" as const, dims: [1, 2], values: mask } }),
      ...(bias && { bias: { dims: [1, 2, 2, 2], values: bias } }),
    },
    (g: GraphBuilder, { q, k, v, mask: keys, bias: scores }: Record<string, Value>) =>
      attention(g, {
        query: q!,
        key: k!,
        value: v!,
        heads: 2,
        ...(keys && { mask: keys }),
        ...(scores && { bias: scores }),
        ...rest,
      }),
  );
}

/** The share of the second of two keys. */
const second = (a: number, b: number) => 1 / (1 + Math.exp(a - b));
const mixed = (share: number, of: number) => of * (1 + share);

test("attention mixes values by the softmax of scaled scores, head by head", async () => {
  close((await attend()).values, [
    mixed(second(1, 2), 1),
    mixed(second(0, 0), 10),
    mixed(second(2, 4), 1),
    mixed(second(-1, -3), 10),
  ]);
  close((await attend({ scale: 0.5 })).values.slice(2), [
    mixed(second(1, 2), 1),
    mixed(second(-0.5, -1.5), 10),
  ]);
});

test("causal attention sees no later key", async () => {
  const { values } = await attend({ causal: true });
  close(values, [1, 10, mixed(second(2, 4), 1), mixed(second(-1, -3), 10)]);
});

test("a masked key is not attended to", async () => {
  close((await attend({ mask: [1, 0] })).values, [1, 10, 1, 10]);
});

test("an attention bias is added to the scores", async () => {
  const { values } = await attend({ bias: [0, 1, 0, 0, 0, -1, 0, 2] });
  close(values, [
    mixed(second(1, 3), 1),
    mixed(second(0, -1), 10),
    mixed(second(2, 4), 1),
    mixed(second(-1, -1), 10),
  ]);
});

test("activations are the functions they are named after", async () => {
  const sigma = (x: number) => 1 / (1 + Math.exp(-x));
  const at = async (activation: (g: GraphBuilder, x: Value) => Value) => {
    const feed = { x: { dims: [2], values: [1, -2] } };
    return (await evaluate({}, feed, (g, { x }) => activation(g, x!))).values;
  };
  close(await at(gelu), [0.8413447, -2 * 0.0227501]);
  const tanh = (x: number) =>
    0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  close(await at(geluTanh), [tanh(1), tanh(-2)]);
  close(await at(quickGelu), [sigma(1.702), -2 * sigma(-3.404)]);
  close(await at(silu), [sigma(1), -2 * sigma(-2)]);
});

test("normalize gives a vector the length one", async () => {
  const feed = { x: { dims: [2, 2], values: [3, 4, 0, -2] } };
  const { values } = await evaluate({}, feed, (g, { x }) => normalize(g, x!));
  close(values, [0.6, 0.8, 0, -1]);
});

test("split, slice and transpose take what they say", async () => {
  const feed = { x: { dims: [2, 4], values: [1, 2, 3, 4, 5, 6, 7, 8] } };
  const half = await evaluate({}, feed, (g, { x }) => split(g, x!, 2, -1)[1]!);
  close(half.values, [3, 4, 7, 8]);
  const tail = await evaluate({}, feed, (g, { x }) => slice(g, x!, { start: -1, axis: 1 }));
  close(tail.values, [4, 8]);
  const turned = await evaluate({}, feed, (g, { x }) => transpose(g, x!, [1, 0]));
  close(turned.values, [1, 5, 2, 6, 3, 7, 4, 8]);
});

test("a relative bias has a bucket for each near distance, wider ones beyond, and one for all that is far", async () => {
  const buckets = Array.from({ length: 8 }, (_, i) => [i, 100 + i]).flat();
  const { values, dims } = await evaluate(
    { "b.weight": { shape: [8, 2], values: buckets } },
    { ids: { type: "int64", dims: [1, 7], values: [0, 0, 0, 0, 0, 0, 0] } },
    (g, { ids }) => relativeBias(g.at("b"), ids!, { heads: 2, buckets: 8, maxDistance: 5 }),
  );
  expect(dims).toEqual([1, 2, 7, 7]);
  // log(3 / 2) / log(5 / 2) of the two wide buckets is 0.88, log(4 / 2) of them is 1.51.
  close(values.slice(0, 7), [0, 5, 6, 6, 7, 7, 7]);
  close(values.slice(42, 49), [3, 3, 3, 2, 2, 1, 0]);
  close(values.slice(49, 56), [100, 105, 106, 106, 107, 107, 107]);
});

test("either runs the branch that its condition names, and no other", async () => {
  for (const chosen of [0, 1]) {
    const { values } = await evaluate(
      { "b.weight": { shape: [1, 2], values: [5, 6] } },
      {
        x: { dims: [1, 2], values: [1, 2] },
        chosen: { type: "int64", dims: [], values: [chosen] },
      },
      (g, { x, chosen: named }) =>
        either(g, cast(g, named!, "bool"), {
          whenTrue: (inner) => add(inner, x!, inner.at("b").weight("weight", [1, 2])),
          // Rows that there are not: a run of this branch fails where x has one.
          whenFalse: (inner) => inner.node("Gather", [x!, inner.int64([chosen])]),
        }),
    );
    close(values, chosen === 1 ? [6, 8] : [1, 2]);
  }
});

test("forEach puts the value of each index behind the one before, and sees what is around it", async () => {
  const { values, dims } = await evaluate(
    {},
    {
      count: { type: "int64", dims: [], values: [3] },
      x: { dims: [2], values: [1, 2] },
    },
    (g, { count, x }) => {
      const doubled = add(g, x!, x!);
      return forEach(g, count!, (outer, index) =>
        add(outer, doubled, cast(outer, index, "float32")),
      );
    },
  );
  expect(dims).toEqual([3, 2]);
  close(values, [2, 4, 3, 5, 4, 6]);
});

test("graphs lie within one another, and use weights and constants of the whole", async () => {
  const { values, built } = await evaluate(
    { "a.w": { shape: [1], values: [10] } },
    { count: { type: "int64", dims: [], values: [2] } },
    (g, { count }) =>
      forEach(g, count!, (outer, row) =>
        forEach(outer, count!, (inner, column) => {
          const tens = inner.node("Mul", [
            inner.at("a").weight("w", [1]),
            cast(inner, row, "float32"),
          ]);
          return add(inner, tens, cast(inner, column, "float32"));
        }),
      ),
  );
  close(values, [0, 1, 10, 11]);
  expect(built.unused).toEqual([]);
});
