import type { Weights } from "@kindred/core/onnx";
import { Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { shallowUNet } from "../../src/graphs/shallow-unet.ts";
import { unetConfig } from "../../src/graphs/unet-config.ts";
import { deepOutput, unet } from "../../src/graphs/unet.ts";
import type { Golden } from "./golden.ts";
import { deviations, noise, readGolden, run, withWeights } from "./golden.ts";
import { swapped } from "./mutations.ts";

const tolerance = 1e-5;
const mutated = 1e-3;
/** The timestep that tools/reference/deepcache_graphs.py keeps the deep map of. */
const earlier = 981;

interface Mutation {
  readonly branch?: number;
  readonly earlier?: number;
  /** The weights of the shallow part. */
  readonly weights?: (weights: Weights) => Weights;
  /** The deep map that it goes on from. */
  readonly deep?: (deep: Tensor) => Tensor;
}

/** The deviation of a step that goes on from an earlier one. */
async function deviate(name: string, branch: number, mutation: Mutation = {}): Promise<number> {
  const golden = readGolden(name);
  const config = unetConfig(golden.config);
  const residuals = name === "deepcache-residuals";
  const build = (weights: Weights) => unet(config, weights, { residuals, branch });
  return withWeights(golden, build, {}, async (weights) => {
    const whole = build(weights);
    const feeds = earlierFeeds(golden, whole.inputs, mutation.earlier ?? earlier);
    const { [deepOutput]: deep } = await run(whole, feeds, [deepOutput]);
    const shallow = shallowUNet(config, mutation.weights?.(weights) ?? weights, {
      name: "unet_shallow",
      residuals,
      branch,
    });
    const further = { [deepOutput]: mutation.deep?.(deep!) ?? deep! };
    return (await deviations(golden, shallow, further))["out_sample"]!;
  });
}

/** Other noise at another timestep, under the same conditions. Deep residuals change nothing. */
function earlierFeeds({ inputs }: Golden, names: readonly string[], timestep: number) {
  const { sample, timestep: _, ...conditions } = inputs as Record<string, readonly number[]>;
  const none = new Tensor("float32", new Float32Array(1), [1, 1, 1, 1]);
  const named = names.filter((name) => name.includes("_res_sample")).map((name) => [name, none]);
  const given = Object.entries(conditions).map(([name, dims]) => [name, noise(name, dims)]);
  return {
    ...Object.fromEntries([...named, ...given]),
    sample: noise("earlier_sample", sample!),
    timestep: new Tensor("float32", [timestep], [1]),
  };
}

test.each([
  ["SD 1.5, at the first convolution", "deepcache-sd15-0", 0],
  ["SD 1.5, at the first layer", "deepcache-sd15-1", 1],
  ["SD 1.5, at the whole of the last block", "deepcache-sd15-2", 2],
  ["SD 1.5, within the last block but one", "deepcache-sd15-4", 4],
  ["SD 1.5, at the middle", "deepcache-sd15-11", 11],
  ["sides that no power of two divides", "deepcache-sd15-odd", 3],
  ["what ControlNets give", "deepcache-residuals", 1],
  ["layers by level, a BF16 file", "deepcache-turbo", 2],
  ["SDXL, whose last block has no attention", "deepcache-xl-0", 0],
  ["SDXL, within the last block but one", "deepcache-xl-4", 4],
])("a shallow step of %s equals DeepCache's own", async (_, name, branch) => {
  expect(await deviate(name, branch)).toBeLessThan(tolerance);
});

const mutations: Record<string, Mutation> = {
  "the deep map of another timestep": { earlier: 961 },
  "no deep map": {
    deep: ({ dims, data }) => new Tensor("float32", new Float32Array(data.length), dims),
  },
  "one resnet for another": {
    weights: (weights) => swapped(weights, "up_blocks.3.resnets.1", "up_blocks.3.resnets.2"),
  },
};

test.each(Object.entries(mutations))("%s moves the result", async (_, mutation) => {
  expect(await deviate("deepcache-sd15-1", 1, mutation)).toBeGreaterThan(mutated);
});

test("the whole graph with a branch draws what it draws without", async () => {
  const golden = readGolden("unet-sd15");
  const config = unetConfig(golden.config);
  for (const branch of [0, 2, 11]) {
    const build = (weights: Weights) => unet(config, weights, { branch });
    const found = await withWeights(golden, build, {}, (weights) =>
      deviations(golden, build(weights)),
    );
    expect(found["out_sample"]).toBeLessThan(tolerance);
  }
});

test("a shallow part asks for its own weights alone", async () => {
  const golden = readGolden("deepcache-sd15-0");
  const config = unetConfig(golden.config);
  const build = (weights: Weights) => unet(config, weights);
  const options = { name: "unet_shallow", residuals: false };
  const bytes = await withWeights(golden, build, {}, async (weights) =>
    [0, 2, 11].map((branch) => shallowUNet(config, weights, { ...options, branch }).bytes),
  );
  const whole = await withWeights(golden, build, {}, async (weights) => build(weights).bytes);
  expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
  expect(bytes[0]).toBeLessThan(whole / 10);
  expect(bytes.at(-1)).toBeLessThan(whole);
});
