import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TensorFacts } from "@kindred/core";
import { openSafetensors, renameWeights } from "@kindred/core/onnx";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import { expect, test } from "vitest";
import { rrdbNetConfig, scaleOf } from "../../src/graphs/rrdbnet-config.ts";
import type { RrdbNetConfig } from "../../src/graphs/rrdbnet-config.ts";
import { rrdbNetNames } from "../../src/graphs/rrdbnet-names.ts";
import { rrdbNet } from "../../src/graphs/rrdbnet.ts";
import type { Golden } from "./golden.ts";
import { deviations, readGolden } from "./golden.ts";
import { swapped } from "./mutations.ts";

const tolerance = 1e-5;
const mutated = 1e-3;

type Recorded = Golden & { readonly shapes: Readonly<Record<string, readonly number[]>> };

const recorded = (name: string) => readGolden(`rrdbnet-${name}`) as Recorded;

function factsOf({ shapes }: Pick<Recorded, "shapes">): ReadonlyMap<string, TensorFacts> {
  const renamed = rrdbNetNames(Object.keys(shapes))!;
  return new Map(
    Object.entries(shapes).map(([name, shape]) => [renamed(name), { dtype: "F32", shape }]),
  );
}

const configOf = (golden: Recorded) => rrdbNetConfig("file.safetensors", factsOf(golden));

/** The deviation of a graph over the file that a golden describes, with the names that it has there. */
async function deviate(
  golden: Recorded,
  build: (config: RrdbNetConfig, weights: Weights) => BuiltGraph = rrdbNet,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "kindred-graphs-"));
  try {
    const { dtype } = golden;
    const extra = Object.entries(golden.shapes).map(([name, shape]) => ({ name, shape, dtype }));
    await synthesize({ file: join(folder, "up.safetensors"), build: () => undefined, extra });
    const weights = await openSafetensors(folder, "up.safetensors");
    const named = renameWeights(weights, rrdbNetNames(weights.names)!);
    const { enlarged = Infinity } = await deviations(golden, build(configOf(golden), named));
    return enlarged;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test.each([
  ["x4", "of ×4 with basicsr's names"],
  ["x4-f16", "of F16"],
  ["x2", "of ×2, pixels unshuffled by 2"],
  ["x1", "of ×1, pixels unshuffled by 4"],
  ["nested", "below params_ema"],
  ["trunk", "with BSRGAN's names"],
  ["trunk-x2", "of one doubling"],
  ["numbered", "of numbered layers"],
  ["numbered-x8", "of numbered layers and three doublings"],
  ["numbered-x1", "of numbered layers and none"],
  ["whole", "of 23 blocks, as RealESRGAN_x4plus"],
])("%s: a network %s equals torch", async (name) => {
  expect(await deviate(recorded(name))).toBeLessThan(tolerance);
});

test.each([
  ["x4", 4],
  ["x2", 2],
  ["x1", 1],
  ["trunk-x2", 2],
  ["numbered-x8", 8],
  ["numbered-x1", 1],
])("%s: its numbers are read off its tensors' shapes, and make a scale of %i", (name, scale) => {
  const golden = recorded(name);
  expect(configOf(golden)).toEqual(golden.config);
  expect(scaleOf(configOf(golden))).toBe(scale);
});

const float = (value: number) => Buffer.from(Float32Array.of(value).buffer);
const ints = (values: readonly number[]) => Buffer.from(BigInt64Array.from(values, BigInt).buffer);

/** The graph with a constant in place of another, wherever it stands behind a text, or does not. */
function replaced(
  graph: BuiltGraph,
  [old, other]: readonly [Buffer, Buffer],
  isMeant: (before: string) => boolean = () => true,
): BuiltGraph {
  const model = Buffer.from(graph.model);
  let count = 0;
  for (let at = model.indexOf(old); at !== -1; at = model.indexOf(old, at + old.length)) {
    if (!isMeant(model.subarray(Math.max(at - 12, 0), at).toString("latin1"))) continue;
    other.copy(model, at);
    count++;
  }
  expect(count).toBeGreaterThan(0);
  return { ...graph, model };
}

const isSlope = (before: string) => before.includes("alpha");
const colourByColour = [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11];

test.each<[string, string, (config: RrdbNetConfig, weights: Weights) => BuiltGraph]>([
  ["a block less", "x4", (config, weights) => rrdbNet({ ...config, blocks: 1 }, weights)],
  [
    "two convolutions exchanged",
    "x4",
    (config, weights) => rrdbNet(config, swapped(weights, "conv_body", "conv_hr")),
  ],
  [
    "two dense blocks exchanged",
    "x4",
    (config, weights) => rrdbNet(config, swapped(weights, "0.rdb1", "1.rdb3")),
  ],
  [
    "another slope",
    "x4",
    (config, weights) => replaced(rrdbNet(config, weights), [float(0.2), float(0.01)], isSlope),
  ],
  [
    "another residual scale",
    "x4",
    (config, weights) =>
      replaced(rrdbNet(config, weights), [float(0.2), float(1)], (before) => !isSlope(before)),
  ],
  [
    "place by place unshuffled",
    "x2",
    (config, weights) =>
      replaced(rrdbNet(config, weights), [
        ints(colourByColour),
        ints(Array.from(colourByColour.keys())),
      ]),
  ],
])("%s moves the result of %s", async (_, name, build) => {
  expect(await deviate(recorded(name), build)).toBeGreaterThan(mutated);
});

test("a graph uses every tensor of its file", () => {
  const { shapes, dtype } = recorded("numbered");
  const stored = Object.entries(shapes).map(([name, shape], i) => {
    const length = 4 * shape.reduce((product, dim) => product * dim, 1);
    return [name, { dtype, shape, location: "up.safetensors", offset: i, length }] as const;
  });
  const tensors = new Map(stored);
  const weights: Weights = {
    folder: "/",
    names: [...tensors.keys()],
    get: (name) => tensors.get(name),
  };
  const named = renameWeights(weights, rrdbNetNames(weights.names)!);
  expect(rrdbNet(configOf(recorded("numbered")), named).unused).toEqual([]);
});

test.each<[string, Readonly<Record<string, readonly number[] | undefined>>, RegExp]>([
  ["one colour", { "conv_first.weight": [16, 1, 3, 3] }, /takes 1 channels and gives 3/],
  ["four colours", { "conv_last.weight": [4, 16, 3, 3] }, /takes 3 channels and gives 4/],
  ["no last convolution", { "conv_last.weight": undefined }, /has no tensor "conv_last.weight"/],
  ["a linear", { "conv_first.weight": [16, 3] }, /"conv_first.weight" \[16, 3\]/],
  ["too many channels", { "conv_first.weight": [20_000, 3, 3, 3] }, /of 20000 and 8 channels/],
  [
    "a smaller picture",
    { "conv_first.weight": [16, 192, 3, 3] },
    /doubles sides 2 times after making them 8 times smaller/,
  ],
])("a network of %s is refused with the numbers", (_, change, message) => {
  const shapes = { ...recorded("x4").shapes, ...change };
  const left = Object.entries(shapes).filter(([, shape]) => shape);
  const golden = { shapes: Object.fromEntries(left) as Recorded["shapes"] };
  expect(() => rrdbNetConfig("up.pth", factsOf(golden))).toThrow(
    expect.objectContaining({ code: "LOAD_FAILED", message: expect.stringMatching(message) }),
  );
});

test("tensors of other networks are no RRDBNet's", () => {
  for (const names of [
    ["body.0.weight", "body.1.weight"],
    ["conv_first.weight", "layers.0.residual_group.blocks.0.attn.qkv.weight"],
    ["model.diffusion_model.input_blocks.0.0.weight"],
  ])
    expect(rrdbNetNames(names)).toBeUndefined();
});
