import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { expect, test } from "vitest";
import { autoencoderTinyConfig } from "../../src/graphs/autoencoder-tiny-config.ts";
import { autoencoderTinyDecoder } from "../../src/graphs/autoencoder-tiny.ts";
import type { Golden } from "./golden.ts";
import { deviations, readGolden, withWeights } from "./golden.ts";
import { swapped } from "./mutations.ts";

const tolerance = 1e-5;
const mutated = 1e-3;

const built = (golden: Golden, weights: Weights): BuiltGraph =>
  autoencoderTinyDecoder(autoencoderTinyConfig(golden.config), weights);

/** The deviation of a decoder over the weights that a golden describes. */
async function deviate(
  name: string,
  build: (golden: Golden, weights: Weights) => BuiltGraph = built,
): Promise<number> {
  const golden = readGolden(name);
  const found = await withWeights(
    golden,
    (weights) => built(golden, weights),
    {},
    (weights) => deviations(golden, build(golden, weights)),
  );
  return found["sample"]!;
}

test.each([
  ["tiny-sd15", "of TAESD's geometry over 3×5 latent pixels"],
  ["tiny-sd3-f16", "of TAESD3's, 16 channels, from an F16 file, two at once"],
  ["tiny-silu", "of three levels, one without blocks, in SiLU"],
  ["tiny-gelu", "of two levels in GELU"],
  ["tiny-mish", "of one level in Mish"],
])("%s: a decoder %s equals diffusers", async (name) => {
  expect(await deviate(name)).toBeLessThan(tolerance);
});

/** A decoder by a config that differs in some fields. */
const configured =
  (change: object) =>
  ({ config, ...golden }: Golden, weights: Weights) =>
    built({ ...golden, config: { ...config, ...change } }, weights);

const float = (value: number) => Buffer.from(Float32Array.of(value).buffer);

/** A decoder with one number of its graph in place of another. */
const renumbered = (old: number, other: number) => (golden: Golden, weights: Weights) => {
  const graph = built(golden, weights);
  const model = Buffer.from(graph.model);
  const at = model.indexOf(float(old));
  expect(at).toBeGreaterThan(0);
  float(other).copy(model, at);
  return { ...graph, model };
};

test.each<[string, string, (golden: Golden, weights: Weights) => BuiltGraph]>([
  ["another activation", "tiny-sd15", configured({ act_fn: "silu" })],
  ["ReLU for Mish", "tiny-mish", configured({ act_fn: "relu" })],
  ["SiLU for GELU", "tiny-gelu", configured({ act_fn: "silu" })],
  ["another bound of latents", "tiny-sd3-f16", renumbered(3, 2.9)],
  ["colours that are not signed", "tiny-sd15", renumbered(-1, 0)],
  [
    "two convolutions exchanged",
    "tiny-sd15",
    (golden, weights) => built(golden, swapped(weights, "layers.2.conv.0", "layers.2.conv.4")),
  ],
  [
    "two levels exchanged",
    "tiny-silu",
    (golden, weights) => built(golden, swapped(weights, "layers.5.", "layers.7.")),
  ],
])("%s moves the result of %s", async (_, name, build) => {
  expect(await deviate(name, build)).toBeGreaterThan(mutated);
});

test("a config that says nothing is TAESD's", () => {
  const { latent_channels, out_channels, act_fn, ...config } = readGolden("tiny-sd15").config;
  expect([latent_channels, out_channels, act_fn]).toEqual([4, 3, "relu"]);
  const { decoder_block_out_channels, num_decoder_blocks, scaling_factor } = config;
  expect(autoencoderTinyConfig({})).toMatchObject({
    latent_channels,
    out_channels,
    act_fn,
    decoder_block_out_channels,
    num_decoder_blocks,
    scaling_factor,
    shift_factor: 0,
  });
});

test("what diffusers writes beside the decoder's own fields changes nothing", () => {
  const { config } = readGolden("tiny-sd15");
  const saved = {
    ...config,
    block_out_channels: [64, 64, 64, 64],
    upsample_fn: "nearest",
    shift_factor: null,
    latent_shift: 0.25,
    latent_magnitude: 4.5,
    force_upcast: true,
  };
  expect(autoencoderTinyConfig(saved)).toMatchObject(autoencoderTinyConfig({}));
});

test.each<[string, unknown, RegExp]>([
  ["act_fn", "quick_gelu", /relu/],
  ["upsample_fn", "bilinear", /nearest/],
  ["upsampling_scaling_factor", 4, /2/],
  ["out_channels", 4, /3/],
  ["in_channels", "rgb", /number/],
  ["latent_channels", 0, />=1/],
  ["scaling_factor", 0, />0/],
  ["shift_factor", "none", /number/],
  ["latent_magnitude", "large", /number/],
  ["latent_shift", [0.5], /number/],
  ["force_upcast", "yes", /boolean/],
  ["block_out_channels", 64, /array/],
  ["decoder_block_out_channels", [64, 64, 32, 64], /is \[64,64,32,64\] \(no layer leads from one/],
  [
    "encoder_block_out_channels",
    [64],
    /num_encoder_blocks is .*encoder_block_out_channels has 1 levels/,
  ],
  ["num_decoder_blocks", [3, 3, 1], /decoder_block_out_channels has 4 levels/],
  ["num_encoder_blocks", [1, 3, -1, 3], />=0/],
])("a config with %s %j is refused by name", (field, value, message) => {
  const config = { ...readGolden("tiny-sd15").config, [field]: value };
  expect(() => autoencoderTinyConfig(config)).toThrow(
    expect.objectContaining({
      code: "LOAD_FAILED",
      message: expect.stringMatching(new RegExp(`(?=.*${field}\\b).*${message.source}`)),
    }),
  );
});
