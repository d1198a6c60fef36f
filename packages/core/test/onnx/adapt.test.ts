import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { add, graph, linear, mul, openSafetensors, reshape, shapeOf } from "@kindred/core/onnx";
import type { Adapt, BuiltGraph, GraphBuilder, GraphOptions, Weights } from "@kindred/core/onnx";
import { folder, run, safetensors } from "./run.ts";

let weights: Weights;

beforeAll(async () => {
  const root = await folder();
  const half = new Uint8Array(Uint16Array.from([0x3c00, 0x4000]).buffer);
  await writeFile(
    join(root, "model.safetensors"),
    safetensors({
      "a.weight": { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      "a.bias": { shape: [2], values: [10, 20] },
      "conv.weight": { shape: [2, 1, 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] },
      "half.weight": { dtype: "F16", shape: [2], values: half },
      "lora.a.weight.up": { shape: [2, 1], values: [1, -2] },
      "lora.a.weight.down": { shape: [1, 3], values: [1, 0, 3] },
      "lora.conv.weight.up": { shape: [2, 1], values: [1, 10] },
      "lora.conv.weight.down": { shape: [1, 4], values: [1, 2, 3, 4] },
    }),
  );
  weights = await openSafetensors(root, "model.safetensors");
});

/** x [1, 3] → y [1, 2] */
function projection(options?: GraphOptions): BuiltGraph {
  const g = graph("test", weights, options);
  const x = g.input("x", "float32", [1, 3]);
  return g.output("y", linear(g.at("a"), x, 3, 2)).build();
}

async function projected(options?: GraphOptions): Promise<number[]> {
  return (await run(projection(options), { x: { dims: [1, 3], values: [1, 1, 1] } })).values;
}

async function weightOf(g: GraphBuilder, name: string, shape: number[]): Promise<number[]> {
  const y = g.node("Identity", [g.weight(name, shape)]);
  return (await run(g.output("y", y).build(), {})).values;
}

function scaled(name: string, factor: number): Adapt {
  return (asked, weight, g) => (asked === name ? mul(g, weight, g.float32([factor])) : weight);
}

/** LoRA (arXiv:2106.09685): weight + factor · up · down, for the weights that have such matrices. */
function lowRank(factor: number): Adapt {
  return (name, weight, g) => {
    if (!g.has(`lora.${name}.up`)) return weight;
    const [up, down] = ["up", "down"].map((part) => {
      const { shape } = weights.get(`lora.${name}.${part}`)!;
      return g.weight(`lora.${name}.${part}`, shape);
    });
    const product = mul(g, g.node("MatMul", [up, down]), g.float32([factor]));
    return add(g, weight, reshape(g, product, shapeOf(g, weight)));
  };
}

describe("an adapter", () => {
  test("scales one weight and leaves the others", async () => {
    expect(await projected()).toEqual([16, 35]);
    expect(await projected({ adapt: scaled("a.weight", 2) })).toEqual([22, 50]);
    expect(await projected({ adapt: scaled("a.bias", 2) })).toEqual([26, 55]);
  });

  test("adds a low-rank product, as computed by hand", async () => {
    // 0.5 · [1, -2]ᵀ · [1, 0, 3] = [[0.5, 0, 1.5], [-1, 0, -3]]
    const adapted = graph("test", weights, { adapt: lowRank(0.5) });
    expect(await weightOf(adapted, "a.weight", [2, 3])).toEqual([1.5, 2, 4.5, 3, 5, 3]);
    expect(await projected({ adapt: lowRank(0.5) })).toEqual([18, 31]);
  });

  test("adds a low-rank product to a convolution's weight", async () => {
    const adapted = graph("test", weights, { adapt: lowRank(1) });
    const values = await weightOf(adapted, "conv.weight", [2, 1, 2, 2]);
    expect(values).toEqual([2, 4, 6, 8, 15, 26, 37, 48]);
  });

  test("gets half-precision weights as float32", async () => {
    const adapted = graph("test", weights, { adapt: scaled("half.weight", 3) });
    expect(await weightOf(adapted, "half.weight", [2])).toEqual([3, 6]);
  });

  test("that changes nothing leaves the graph as it was, byte for byte", () => {
    expect(projection({ adapt: (_, weight) => weight })).toEqual(projection());
  });

  test("reads weights as they are stored, also the one that it is asked about", async () => {
    const adapt: Adapt = (name, weight, g) =>
      name === "a.bias" ? add(g, weight, g.at("a").weight("bias", [2])) : weight;
    expect(await projected({ adapt })).toEqual([26, 55]);
  });

  test("is asked once for a weight and a shape, by the full name", () => {
    const asked: string[] = [];
    const g = graph("test", weights, { adapt: (name, weight) => (asked.push(name), weight) });
    const bias = g.at("a").weight("bias", [2]);
    expect(g.weight("a.bias", [2])).toBe(bias);
    g.weight("a.weight", [6], { stored: [2, 3] });
    g.weight("a.weight", [2, 3]);
    expect(asked).toEqual(["a.bias", "a.weight", "a.weight"]);
  });

  test("is asked for nothing that the checkpoint lacks", () => {
    const g = graph("test", weights, { adapt: () => expect.unreachable() });
    expect(() => g.weight("absent", [2])).toThrow(/"absent"/);
  });

  test("that throws fails the graph", () => {
    const adapt = () => {
      throw new TypeError("no such rank");
    };
    expect(() => projection({ adapt })).toThrow("no such rank");
  });
});

test("an adapted weight takes more memory at opening, and an adapter's matrices count as used", () => {
  const plain = projection();
  const adapted = projection({ adapt: lowRank(1) });
  expect([plain.bytes, plain.peakBytes]).toEqual([32, Math.round(32 * 1.1)]);
  const matrices = 4 * (2 + 3);
  expect(adapted.bytes).toBe(32 + matrices);
  expect(adapted.peakBytes).toBe(Math.round(24 * 2.5 + (8 + matrices) * 1.1));
  const unused = ["conv.weight", "half.weight", "lora.conv.weight.up", "lora.conv.weight.down"];
  expect(adapted.unused).toEqual(unused);
});
