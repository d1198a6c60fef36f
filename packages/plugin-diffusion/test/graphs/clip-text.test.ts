import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { expect, test } from "vitest";
import { clipTextConfig } from "../../src/graphs/clip-text-config.ts";
import { clipSkipOutput, clipText } from "../../src/graphs/clip-text.ts";
import type { Golden, Naming } from "./golden.ts";
import { deviations, readGolden, withWeights } from "./golden.ts";
import { swapped, withoutCausalMask } from "./mutations.ts";

const tolerance = 1e-5;
const mutated = 1e-3;

const prefixed: Naming = { has: (name) => name.startsWith("text_model.") };
const bare: Naming = {};

type Change = (build: (weights: Weights) => BuiltGraph, weights: Weights) => BuiltGraph;

function deviate(golden: Golden, naming: Naming, change: Change = (build, weights) => build(weights)) {
  const build = (weights: Weights) => clipText(clipTextConfig(golden.config), weights);
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
};

test.each(Object.entries(mutations))("%s moves every state", async (_, change) => {
  const { "hidden_states.1": first, ...rest } = await deviate(readGolden("text-sd15"), prefixed, change);
  expect(first).toBeGreaterThan(mutated);
  for (const [name, found] of Object.entries(rest)) expect(found, name).toBeGreaterThan(mutated);
});
