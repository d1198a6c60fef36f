import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { expect, test } from "vitest";
import { autoencoderKlConfig } from "../../src/graphs/autoencoder-kl-config.ts";
import { autoencoderDecoder, autoencoderEncoder } from "../../src/graphs/autoencoder-kl.ts";
import type { Golden, Naming } from "./golden.ts";
import { deviations, readGolden, withWeights } from "./golden.ts";
import { swapped } from "./mutations.ts";

const tolerance = 1e-5;
const mutated = 1e-3;

const halves = { decoder: autoencoderDecoder, encoder: autoencoderEncoder };
type Half = keyof typeof halves;

const modern: Naming = { has: (name) => name.endsWith("to_q.weight") };
const old: Naming = {};

interface Case {
  readonly golden: Golden;
  readonly half: Half;
  readonly naming: Naming;
}

type Mutation = Record<string, unknown> | ((weights: Weights) => Weights);

async function deviate({ golden, half, naming }: Case, mutation: Mutation = {}): Promise<number> {
  const build = (weights: Weights, config = golden.config): BuiltGraph =>
    halves[half](autoencoderKlConfig(config), weights);
  const found = await withWeights(
    golden,
    (weights) => build(weights),
    naming,
    (weights) =>
      typeof mutation === "function"
        ? deviations(golden, build(mutation(weights)))
        : deviations(golden, build(weights, { ...golden.config, ...mutation })),
  );
  return Math.max(...Object.values(found));
}

/** Asks for attention's weights in the shapes of 1×1 convolutions, as some checkpoints store them. */
function asConvolutions(weights: Weights): Weights {
  const get: Weights["get"] = (name, shape) =>
    weights.get(name, /(query|key|value|proj_attn)\.weight/.test(name) ? [...shape!, 1, 1] : shape);
  return { ...weights, get };
}

const halfNames: readonly Half[] = ["decoder", "encoder"];

test.each(halfNames)("SD 1.5's own %s, query to proj_attn, equals diffusers", async (half) => {
  const golden = readGolden(`vae-sd15-${half}`);
  expect(await deviate({ golden, half, naming: old })).toBeLessThan(tolerance);
});

test.each(halfNames)("the %s of to_q to to_out from an F16 file equals diffusers", async (half) => {
  const golden = readGolden(`vae-f16-${half}`);
  expect(await deviate({ golden, half, naming: modern })).toBeLessThan(tolerance);
});

test.each(halfNames)(
  "the %s of 16 channels, without attention or quant convolutions, equals diffusers",
  async (half) => {
    const golden = readGolden(`vae-plain-${half}`);
    expect(await deviate({ golden, half, naming: old })).toBeLessThan(tolerance);
  },
);

test("attention whose weights are stored as 1×1 convolutions equals diffusers", async () => {
  const golden = readGolden("vae-sd15-decoder");
  const build = (weights: Weights) =>
    autoencoderDecoder(autoencoderKlConfig(golden.config), weights);
  const found = await withWeights(
    golden,
    (weights) => build(asConvolutions(weights)),
    old,
    async (weights) => {
      const query = weights.get("decoder.mid_block.attentions.0.query.weight");
      expect(query?.shape).toEqual([48, 48, 1, 1]);
      return deviations(golden, build(weights));
    },
  );
  expect(found["sample"]).toBeLessThan(tolerance);
});

const mutations: Record<string, Mutation> = {
  "another number of norm groups": { norm_num_groups: 16 },
  "no attention": { mid_block_add_attention: false },
  "no quant convolutions": { use_quant_conv: false, use_post_quant_conv: false },
  "query for key": (weights) => swapped(weights, "0.query", "0.key"),
  "key for value": (weights) => swapped(weights, "0.key", "0.value"),
};

test.each(Object.entries(mutations))("%s moves both halves", async (_, mutation) => {
  for (const half of halfNames) {
    const golden = readGolden(`vae-sd15-${half}`);
    expect(await deviate({ golden, half, naming: old }, mutation), half).toBeGreaterThan(mutated);
  }
});

test("the two halves use every weight between them", async () => {
  const golden = readGolden("vae-sd15-decoder");
  const config = autoencoderKlConfig(golden.config);
  const both = (weights: Weights) => [
    autoencoderDecoder(config, weights),
    autoencoderEncoder(config, weights),
  ];
  await withWeights(golden, both, old, async (weights) => {
    const [decoder, encoder] = both(weights).map(({ unused }) => unused);
    expect(decoder!.filter((name) => encoder!.includes(name))).toEqual([]);
  });
});

test.each([
  ["act_fn", "gelu"],
  ["down_block_types", ["AttnDownEncoderBlock2D"]],
  ["latents_mean", [0, 0, 0, 0]],
  ["up_block_types", ["UpDecoderBlock2D"]],
])("a config with %s %j is refused by name", (field, value) => {
  const config = { ...readGolden("vae-sd15-decoder").config, [field]: value };
  expect(() => autoencoderKlConfig(config)).toThrow(
    expect.objectContaining({ code: "LOAD_FAILED", message: expect.stringContaining(field) }),
  );
});
