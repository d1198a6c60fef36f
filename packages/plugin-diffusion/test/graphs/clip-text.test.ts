import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { expect, test } from "vitest";
import { clipTextConfig } from "../../src/graphs/clip-text-config.ts";
import { clipText } from "../../src/graphs/clip-text.ts";
import type { Golden, Naming } from "./golden.ts";
import { deviations, readGolden, withWeights } from "./golden.ts";
import { swapped, withoutCausalMask } from "./mutations.ts";

const tolerance = 1e-5;
const mutated = 1e-3;

const prefixed: Naming = { has: (name) => name.startsWith("text_model.") };
const bare: Naming = {};

type Build = (weights: Weights, change?: Record<string, unknown>) => BuiltGraph;
type Change = (build: Build, weights: Weights) => BuiltGraph;

function deviate(
  golden: Golden,
  naming: Naming,
  change: Change = (build, weights) => build(weights),
) {
  const build: Build = (weights, changed) =>
    clipText(clipTextConfig({ ...golden.config, ...changed }), weights);
  return withWeights(golden, build, naming, (weights) =>
    deviations(golden, change(build, weights)),
  );
}

test.each([
  ["SD 1.5's, under text_model.", "text-sd15", prefixed],
  ["SD 2.x's, without a prefix, gelu, two texts", "text-sd21", bare],
  ["one with a projection, from an F16 file, of nine tokens", "text-projection", prefixed],
])("every state of %s equals transformers'", async (_, name, naming) => {
  const found = await deviate(readGolden(name), naming);
  expect(Object.keys(found)).toContain("clip_skip.2");
  expect(Math.max(...Object.values(found))).toBeLessThan(tolerance);
});

const mutations: Record<string, Change> = {
  "no causal mask": (build, weights) => withoutCausalMask(build(weights)),
  "query for key": (build, weights) => build(swapped(weights, "q_proj", "k_proj")),
  "one norm for another": (build, weights) => build(swapped(weights, "layer_norm1", "layer_norm2")),
  "another activation": (build, weights) => build(weights, { hidden_act: "gelu" }),
  "another number of heads": (build, weights) => build(weights, { num_attention_heads: 2 }),
};

test.each(Object.entries(mutations))("%s moves every state", async (_, change) => {
  const found = await deviate(readGolden("text-sd15"), prefixed, change);
  for (const [name, moved] of Object.entries(found)) expect(moved, name).toBeGreaterThan(mutated);
});

test("the pooled state is the first end token's, or the highest id's where the config says 2", async () => {
  const found = await deviate(readGolden("text-sd21"), bare, (build, weights) =>
    build(weights, { eos_token_id: 2 }),
  );
  expect(found["pooler_output"]).toBeGreaterThan(mutated);
  expect(found["last_hidden_state"]).toBeLessThan(tolerance);
});

test("position_ids, which old checkpoints have, is left unused", async () => {
  const golden = readGolden("text-sd15");
  const name = "text_model.embeddings.position_ids";
  const stray: Naming = { ...prefixed, extra: [{ name, shape: [1, 12], dtype: "I64" }] };
  const found = await deviate(golden, stray, (build, weights) => {
    const graph = build(weights);
    expect(graph.unused).toEqual([name]);
    return graph;
  });
  expect(found["last_hidden_state"]).toBeLessThan(tolerance);
});

test.each(["relu", "constructor", "__proto__", "toString"])(
  "a config with the activation %s is refused by name and value",
  (hidden_act) => {
    expect(() => clipTextConfig({ hidden_act })).toThrow(
      expect.objectContaining({
        code: "LOAD_FAILED",
        message: expect.stringContaining(`hidden_act is "${hidden_act}"`),
      }),
    );
  },
);
