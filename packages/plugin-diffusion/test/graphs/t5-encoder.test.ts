import type { Weights } from "@kindred/core/onnx";
import { expect, test } from "vitest";
import { t5EncoderConfig } from "../../src/graphs/t5-encoder-config.ts";
import { t5Encoder } from "../../src/graphs/t5-encoder.ts";
import type { Golden } from "./golden.ts";
import { deviations, readGolden, withWeights } from "./golden.ts";
import { swapped } from "./mutations.ts";

const tolerance = 1e-5;
const mutated = 1e-3;

interface Mutation {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly weights?: (weights: Weights) => Weights;
}

function deviate(golden: Golden, mutation: Mutation = {}): Promise<number> {
  const build = (weights: Weights) => t5Encoder(t5EncoderConfig(golden.config), weights);
  return withWeights(golden, build, {}, async (weights) => {
    const config = t5EncoderConfig({ ...golden.config, ...mutation.config });
    const graph = t5Encoder(config, mutation.weights?.(weights) ?? weights);
    return (await deviations(golden, graph))["last_hidden_state"]!;
  });
}

test.each([
  ["two padded texts", "t5"],
  ["the longest sequence, from a BF16 file", "t5-long"],
  ["few buckets of positions, from an F16 file", "t5-few-buckets"],
])("T5 over %s equals transformers", async (_, name) => {
  expect(await deviate(readGolden(name))).toBeLessThan(tolerance);
});

const mutations: Record<string, Mutation> = {
  "another distance of the last bucket": { config: { relative_attention_max_distance: 40 } },
  "another epsilon": { config: { layer_norm_epsilon: 1e-1 } },
  "other heads": { config: { num_heads: 3, d_kv: 16 }, weights: (weights) => halfBias(weights) },
  "the bias of other heads": { weights: (weights) => turnedBias(weights) },
  "query for key": { weights: (weights) => swapped(weights, "Attention.q.", "Attention.k.") },
  "the gate for the value": { weights: (weights) => swapped(weights, "wi_0", "wi_1") },
};

const bias = "relative_attention_bias.weight";

function halfBias(weights: Weights): Weights {
  return biased(weights, ([buckets = 0, heads = 0]) => [buckets, heads / 2]);
}

/** Reads the table of biases as if each head were another: its rows begin one number later. */
function turnedBias(weights: Weights): Weights {
  return {
    ...weights,
    get(name) {
      const tensor = weights.get(name);
      return tensor && name.endsWith(bias) ? { ...tensor, offset: tensor.offset - 4 } : tensor;
    },
  };
}

function biased(weights: Weights, shape: (dims: readonly number[]) => readonly number[]): Weights {
  return {
    ...weights,
    get(name) {
      const tensor = weights.get(name);
      if (!tensor || !name.endsWith(bias)) return tensor;
      return { ...tensor, shape: shape(tensor.shape), length: tensor.length / 2 };
    },
  };
}

test.each(Object.entries(mutations))("%s moves the result", async (_, mutation) => {
  expect(await deviate(readGolden("t5"), mutation)).toBeGreaterThan(mutated);
});

test.each([
  ["feed_forward_proj", "relu"],
  ["relative_attention_num_buckets", 3],
  ["relative_attention_max_distance", 8],
  ["num_layers", 0],
])("a config with %s %j is refused by name", (field, value) => {
  const config = { ...readGolden("t5").config, [field]: value };
  expect(() => t5EncoderConfig(config)).toThrow(
    expect.objectContaining({ code: "LOAD_FAILED", message: expect.stringContaining(field) }),
  );
});
