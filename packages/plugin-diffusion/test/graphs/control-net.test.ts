import type { Weights } from "@kindred/core/onnx";
import { Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { outputScales } from "../../src/control/output-scales.ts";
import { controlNetConfig } from "../../src/graphs/control-net-config.ts";
import { controlNet } from "../../src/graphs/control-net.ts";
import { unetConfig } from "../../src/graphs/unet-config.ts";
import { unet } from "../../src/graphs/unet.ts";
import type { Golden } from "./golden.ts";
import { deviations, readGolden, withWeights } from "./golden.ts";
import { swapped } from "./mutations.ts";

const tolerance = 1e-5;
const mutated = 1e-3;

interface Mutation {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly weights?: (weights: Weights) => Weights;
  readonly scale?: number;
  readonly guess?: boolean;
}

/** The scales that tools/reference/control_graphs.py has run each net with. */
const scales: Readonly<Record<string, readonly [scale: number, guess: boolean]>> = {
  "control-sd15": [0.7, false],
  "control-guess": [0.9, true],
  "control-odd": [1, false],
  "control-pooled": [1, false],
  "control-xl": [1.2, false],
};

/** The greatest deviation of all outputs. */
async function deviate(name: string, mutation: Mutation = {}): Promise<number> {
  const golden = readGolden(name);
  const build = (weights: Weights) => controlNet(controlNetConfig(golden.config), weights, name);
  const [scale, guess] = scales[name]!;
  const conditioning_scales = outputScales(Object.keys(golden.outputs).length, {
    scale: mutation.scale ?? scale,
    guess: mutation.guess ?? guess,
  });
  return withWeights(golden, build, {}, async (weights) => {
    const config = controlNetConfig({ ...golden.config, ...mutation.config });
    const graph = controlNet(config, mutation.weights?.(weights) ?? weights, name);
    const found = await deviations(golden, graph, {
      conditioning_scales: new Tensor("float32", conditioning_scales, [conditioning_scales.length]),
    });
    return Math.max(...Object.values(found));
  });
}

test.each([
  ["SD 1.5", "control-sd15"],
  ["guess mode, whose coarser outputs weigh more", "control-guess"],
  ["sides that no power of two divides", "control-odd"],
  ["outputs that are averaged", "control-pooled"],
  ["SDXL: sizes and pooled text, blue before red, a BF16 file", "control-xl"],
])("a ControlNet of %s equals diffusers", async (_, name) => {
  expect(await deviate(name)).toBeLessThan(tolerance);
});

const mutations: Record<string, Mutation> = {
  "another scale": { scale: 0.8 },
  "guess mode": { guess: true },
  "blue before red": { config: { controlnet_conditioning_channel_order: "bgr" } },
  "another number of heads": { config: { attention_head_dim: 8 } },
  "one output's weights for another's": {
    weights: (weights) => swapped(weights, "down_blocks.1.weight", "down_blocks.2.weight"),
  },
  "one convolution of the picture for another": {
    weights: (weights) => swapped(weights, "controlnet_mid_block", "controlnet_down_blocks.11"),
  },
};

test.each(Object.entries(mutations))("%s moves the outputs", async (_, mutation) => {
  expect(await deviate("control-sd15", mutation)).toBeGreaterThan(mutated);
});

test.each([
  ["SD 1.5", "unet-residuals"],
  ["SDXL", "unet-xl-residuals"],
])("a UNet of %s with residuals equals diffusers", async (_, name) => {
  const golden = readGolden(name);
  const build = (weights: Weights) => unet(unetConfig(golden.config), weights, { residuals: true });
  const found = await withWeights(golden, build, {}, (weights) =>
    deviations(golden, build(weights)),
  );
  expect(found["out_sample"]).toBeLessThan(tolerance);
});

test("a UNet with zeros for residuals draws what it draws without", async () => {
  const golden = readGolden("unet-sd15");
  const config = unetConfig(golden.config);
  const build = (weights: Weights) => unet(config, weights, { residuals: true });
  const found = await withWeights(golden, build, {}, (weights) => {
    const graph = build(weights);
    const zeros = graph.inputs
      .filter((name) => name.includes("_res_sample"))
      .map((name) => [name, new Tensor("float32", new Float32Array(2), [2, 1, 1, 1])]);
    return deviations(golden, graph, Object.fromEntries(zeros));
  });
  expect(found["out_sample"]).toBeLessThan(tolerance);
});

test("every weight of a ControlNet is used", async () => {
  const golden: Golden = readGolden("control-xl");
  const build = (weights: Weights) => controlNet(controlNetConfig(golden.config), weights, "net");
  const unused = await withWeights(golden, build, {}, async (weights) => build(weights).unused);
  expect(unused).toEqual([]);
});

test.each([
  ["conditioning_channels", 4],
  ["controlnet_conditioning_channel_order", "gbr"],
  ["conditioning_embedding_out_channels", []],
  ["class_embed_type", "timestep"],
  ["down_block_types", ["DownBlock3D"]],
])("a config with %s %j is refused by name", (field, value) => {
  const config = { ...readGolden("control-sd15").config, [field]: value };
  expect(() => controlNetConfig(config)).toThrow(
    expect.objectContaining({ code: "LOAD_FAILED", message: expect.stringContaining(field) }),
  );
});
