import type { Weights } from "@kindred/core/onnx";
import { expect, test } from "vitest";
import { sd3TransformerConfig } from "../../src/graphs/sd3-transformer-config.ts";
import { sd3Transformer } from "../../src/graphs/sd3-transformer.ts";
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
  const build = (weights: Weights) => sd3Transformer(sd3TransformerConfig(golden.config), weights);
  return withWeights(golden, build, {}, async (weights) => {
    const graph = sd3Transformer(
      sd3TransformerConfig({ ...golden.config, ...mutation.config }),
      mutation.weights?.(weights) ?? weights,
    );
    const timestep = mutation.timestep ?? golden.inputs["timestep"]!;
    const asked = { ...golden, inputs: { ...golden.inputs, timestep } };
    return (await deviations(asked, graph))["out_hidden_states"]!;
  });
}

test.each([
  ["SD3 medium: two rows, wider than high, a timestep between two", "transformer-sd3"],
  ["SD3.5 large: normed queries and keys, higher than wide", "transformer-sd35-large"],
  ["SD3.5 medium: dual attention, a BF16 file", "transformer-sd35-medium"],
  ["dual attention to the last block, an F16 file", "transformer-sd35-all-dual"],
])("%s equals diffusers", async (_, name) => {
  expect(await deviate(readGolden(name))).toBeLessThan(tolerance);
});

const mutations: Record<string, readonly [golden: string, Mutation]> = {
  "without norms of queries and keys": ["transformer-sd35-large", { config: { qk_norm: null } }],
  "without dual attention in one block": [
    "transformer-sd35-medium",
    {
      config: { dual_attention_layers: [0] },
      weights: (weights) => firstRows(weights, "transformer_blocks.1.norm1.linear", 6 / 9),
    },
  ],
  "text for picture": [
    "transformer-sd3",
    { weights: (weights) => swapped(weights, "0.attn.add_q_proj", "0.attn.to_q") },
  ],
  "scale for shift": [
    "transformer-sd3",
    { weights: (weights) => swapped(weights, "0.ff.net.2", "1.ff.net.2") },
  ],
  "another number of heads": [
    "transformer-sd3",
    { config: { num_attention_heads: 8, attention_head_dim: 8 } },
  ],
  "the next timestep": ["transformer-sd3", { timestep: 900 }],
};

/** The same weights, of which one linear has its first outputs alone. */
function firstRows(weights: Weights, linear: string, share: number): Weights {
  return {
    ...weights,
    get(name) {
      const tensor = weights.get(name);
      if (!tensor || !name.startsWith(linear)) return tensor;
      const [rows = 0, ...rest] = tensor.shape;
      return { ...tensor, shape: [rows * share, ...rest], length: tensor.length * share };
    },
  };
}

test.each(Object.entries(mutations))("%s moves the result", async (_, [name, mutation]) => {
  expect(await deviate(readGolden(name), mutation)).toBeGreaterThan(mutated);
});

test("every weight is used, but for the queries of the text that nothing reads", async () => {
  const golden = readGolden("transformer-sd35-medium");
  const build = (weights: Weights) => sd3Transformer(sd3TransformerConfig(golden.config), weights);
  const name = "transformer_blocks.2.attn.add_q_proj.weight";
  const extra = [{ name, shape: [64, 64], dtype: "F32" as const }];
  const unused = await withWeights(
    golden,
    build,
    { extra },
    async (weights) => build(weights).unused,
  );
  expect(unused).toEqual([name]);
});

test.each([
  ["qk_norm", "layer_norm"],
  ["caption_projection_dim", 60],
  ["num_layers", 0],
  ["dual_attention_layers", ["x"]],
])("a config with %s %j is refused by name", (field, value) => {
  const config = { ...readGolden("transformer-sd3").config, [field]: value };
  expect(() => sd3TransformerConfig(config)).toThrow(
    expect.objectContaining({ code: "LOAD_FAILED", message: expect.stringContaining(field) }),
  );
});

test.each([
  [{ in_channels: 33, out_channels: undefined }, 16],
  [{ in_channels: 33, out_channels: null }, 33],
  [{ in_channels: 16, out_channels: 8 }, 8],
])("a config of %j gives %i channels, as diffusers reads it", (change, channels) => {
  const config = { ...readGolden("transformer-sd3").config, ...change };
  expect(sd3TransformerConfig(config).out_channels).toBe(channels);
});
