import type { Weights } from "@kindred/core/onnx";
import { expect, test } from "vitest";
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
  readonly timestep?: number;
}

function deviate(golden: Golden, mutation: Mutation = {}): Promise<number> {
  const build = (weights: Weights) => unet(unetConfig(golden.config), weights);
  return withWeights(golden, build, {}, async (weights) => {
    const graph = unet(
      unetConfig({ ...golden.config, ...mutation.config }),
      mutation.weights?.(weights) ?? weights,
    );
    const timestep = mutation.timestep ?? golden.inputs["timestep"]!;
    const asked = { ...golden, inputs: { ...golden.inputs, timestep } };
    return (await deviations(asked, graph))["out_sample"]!;
  });
}

test.each([
  ["SD 1.5: convolutions as projections, one number of heads", "unet-sd15"],
  ["SD 1.5 from an F16 file", "unet-sd15-f16"],
  ["a latent that no power of two divides", "unet-sd15-odd"],
  ["nine input channels, for inpainting", "unet-inpainting"],
  ["SD 2.x: linear projections, heads by level, a timestep between two", "unet-sd21"],
  ["LCM: a condition beside the timestep", "unet-lcm"],
  ["SD-Turbo: every field of today, layers by level, a BF16 file", "unet-turbo"],
])("%s equals diffusers", async (_, name) => {
  expect(await deviate(readGolden(name))).toBeLessThan(tolerance);
});

const mutations: Record<string, Mutation> = {
  "another number of heads": { config: { attention_head_dim: 8 } },
  "another epsilon": { config: { norm_eps: 1e-2 } },
  "other norm groups": { config: { norm_num_groups: 8 } },
  "sine before cosine": { config: { flip_sin_to_cos: false } },
  "shifted frequencies": { config: { freq_shift: 1 } },
  "the next timestep": { timestep: 982 },
  "query for key": { weights: (weights) => swapped(weights, "attn1.to_q", "attn1.to_k") },
  "key for value": { weights: (weights) => swapped(weights, "attn2.to_k", "attn2.to_v") },
  "one resnet for another": { weights: (weights) => swapped(weights, "1.conv2", "0.conv2") },
};

test.each(Object.entries(mutations))("%s moves the result", async (_, mutation) => {
  expect(await deviate(readGolden("unet-sd15"), mutation)).toBeGreaterThan(mutated);
});

test("every weight of a checkpoint is used", async () => {
  const golden = readGolden("unet-turbo");
  const build = (weights: Weights) => unet(unetConfig(golden.config), weights);
  const unused = await withWeights(golden, build, {}, async (weights) => build(weights).unused);
  expect(unused).toEqual([]);
});

test.each([
  ["resnet_time_scale_shift", "scale_shift"],
  ["addition_embed_type", "text_image"],
  ["down_block_types", ["SimpleCrossAttnDownBlock2D"]],
  ["attention_head_dim", [5, 10]],
  ["cross_attention_dim", [48, 48, 48, 32]],
  ["num_class_embeds", 1000],
  ["act_fn", "constructor"],
  ["up_block_types", ["__proto__"]],
  ["mid_block_type", "toString"],
])("a config with %s %j is refused by name and value", (field, value) => {
  const config = { ...readGolden("unet-sd15").config, [field]: value };
  expect(() => unetConfig(config)).toThrow(
    expect.objectContaining({
      code: "LOAD_FAILED",
      message: expect.stringContaining(field),
    }),
  );
});

test("an empty config has diffusers' defaults", () => {
  expect(unetConfig({})).toMatchObject({
    cross_attention_dim: 1280,
    time_embedding_dim: 1280,
    norm_num_groups: 32,
    levels: [
      { channels: 320, layers: 2, heads: 8, down: 1, up: 1 },
      { channels: 640, layers: 2, heads: 8, down: 1, up: 1 },
      { channels: 1280, layers: 2, heads: 8, down: 1, up: 1 },
      { channels: 1280, layers: 2, heads: 8, down: 0, up: 0 },
    ],
  });
});
