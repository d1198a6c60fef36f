import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { conv2d, graph, openSafetensors, splitLinear } from "@kindred/core/onnx";
import type { BuiltGraph, Rounding, Weights } from "@kindred/core/onnx";
import { graphInPrecision, QuantizedStore } from "@kindred/core/precision";
import { folder, run, safetensors } from "./run.ts";

/** Whole numbers up to `greatest`, of both signs, that are the same each time. */
function wholes(count: number, greatest: number): number[] {
  return Array.from({ length: count }, (_, i) => ((i * 7919 + 13) % (2 * greatest + 1)) - greatest);
}

/** Kernels [out, in, kernel, kernel] whose outputs have a scale of 1 each: eight bits hold them exactly. */
function kernels(out: number, input: number, kernel: number) {
  const size = input * kernel ** 2;
  const rows = Array.from({ length: out }, (_, row) =>
    wholes(size + row, 127)
      .slice(row)
      .with(row % size, row % 2 ? 127 : -127),
  );
  return { shape: [out, input, kernel, kernel], values: rows.flat() };
}

async function opened(tensors: Parameters<typeof safetensors>[0]): Promise<Weights> {
  const root = await folder();
  await writeFile(join(root, "model.safetensors"), safetensors(tensors));
  return openSafetensors(root, "model.safetensors");
}

async function inInt8(
  weights: Weights,
  build: (held: Weights) => BuiltGraph,
  rounding: Rounding = "run",
): Promise<BuiltGraph> {
  const path = await mkdtemp(join(tmpdir(), "kindred-int8-"));
  const store = new QuantizedStore({ folder: path });
  const context = {
    get: () => store as never,
    signal: new AbortController().signal,
    onEvent: () => {},
    use: (resource: unknown) => resource as never,
  };
  return graphInPrecision(context, "int8", weights, build, rounding);
}

const [input, out] = [6, 5];

const cases = [
  ["of one pixel", { kernel: 1 }, [2, 4, 3]],
  ["that keep the size", { kernel: 3, padding: 1 }, [2, 5, 4]],
  ["over less than a kernel", { kernel: 3, padding: 1 }, [1, 1, 2]],
  ["without padding", { kernel: 3 }, [1, 4, 6]],
  ["of stride 2", { kernel: 3, stride: 2, padding: 1 }, [2, 7, 4]],
  ["of stride 2 and one pixel", { kernel: 1, stride: 2 }, [1, 5, 4]],
  ["padded on two sides", { kernel: 3, stride: 2, padding: [0, 0, 1, 1] }, [1, 6, 4]],
  ["without a bias", { kernel: 3, padding: 1, bias: false }, [1, 3, 3]],
] as const;

test.each(cases)(
  "kernels %s give the convolution itself where eight bits hold everything",
  async (_, options, dims) => {
    const weights = await opened({
      weight: kernels(out, input, options.kernel),
      bias: { shape: [out], values: wholes(out, 50) },
    });
    const build = (held: Weights) => {
      const g = graph("test", held);
      const x = g.input("x", "float32", ["batch", input, "height", "width"]);
      return g.output("y", conv2d(g, x, { in: input, out, ...options })).build();
    };
    const [batch, height, width] = dims;
    // From -100 to 155: the scale is 1.
    const values = wholes(batch * input * height * width, 100)
      .with(0, 155)
      .with(1, -100);
    const feeds = { x: { dims: [batch, input, height, width], values } };
    const expected = await run(build(weights), feeds);
    const held = await inInt8(weights, build);
    expect(held.bytes).toBeLessThan(build(weights).bytes);
    expect(await run(held, feeds)).toEqual(expected);
  },
);

test("a convolution that is to stay exact, and one whose rows would need scales of their own, are as without a precision", async () => {
  const weights = await opened({
    weight: kernels(out, input, 3),
    bias: { shape: [out], values: wholes(out, 50) },
  });
  const build = (exact: boolean) => (held: Weights) => {
    const g = graph("test", held);
    const x = g.input("x", "float32", ["batch", input, "height", "width"]);
    return g.output("y", conv2d(g, x, { in: input, out, kernel: 3, exact })).build();
  };
  const plain = build(false)(weights);
  expect(await inInt8(weights, build(true))).toEqual(plain);
  expect(await inInt8(weights, build(false), "row")).toEqual(plain);
});

test.each(["run", "row"] as const)(
  "a linear in parts is the linear, in eight bits with a scale for each %s too",
  async (rounding) => {
    const size = 8;
    const weights = await opened({
      weight: { ...kernels(6, size, 1), shape: [6, size] },
      bias: { shape: [6], values: wholes(6, 50) },
    });
    const build = (held: Weights) => {
      const g = graph("test", held);
      const x = g.input("x", "float32", ["rows", size]);
      const [first, second] = splitLinear(g, x, size, 6, 2);
      return g.output("y", g.node("Concat", [first, second], { axis: 1 })).build();
    };
    const values = [...wholes(size - 2, 100), -100, 155, 155, -100, ...wholes(size - 2, 90)];
    const feeds = { x: { dims: [2, size], values } };
    const expected = await run(build(weights), feeds);
    const held = await inInt8(weights, build, rounding);
    expect(held.bytes).toBeLessThan(build(weights).bytes);
    const found = await run(held, feeds);
    for (const [i, value] of found.values.entries())
      expect(value).toBeCloseTo(expected.values[i]!, 2);
  },
);
