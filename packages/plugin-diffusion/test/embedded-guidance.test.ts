import { expect, test } from "vitest";
import type { Conditions } from "../src/conditions.ts";
import { guidanceEmbedding } from "../src/guidance-embedding.ts";
import { guidanceEmbeddings } from "./pictures/golden.ts";
import { drawWith, standInDenoiser, standInModel } from "./stand-in-model.ts";

const heard: Conditions[] = [];
/** A model as LCM's, whose denoiser is told the scale of guidance. */
const model = standInModel({
  denoiser: {
    ...standInDenoiser(heard),
    embedsGuidance: true,
    conditions({ guidance }) {
      return { prompt: { timestep_cond: guidanceEmbedding(guidance, 4) }, negative: undefined };
    },
  },
});

test("a denoiser that takes guidance as a condition runs once per step, over the prompt alone", async () => {
  heard.length = 0;
  const { guided } = await drawWith(model, { guidance: 8.5, negativePrompt: "rain" });
  expect(guided).toBe(false);
  expect(heard.map(({ text }) => text!.dims)).toEqual(Array(2).fill([1, 2, 1]));
  expect(heard[0]?.["timestep_cond"]?.dims).toEqual([1, 4]);
});

/** torch's exp errs by a unit in the last place, and phases go up to 7500. */
const tolerance = 2e-4;

test.each(guidanceEmbeddings)(
  "guidance $scale in $width values is diffusers' embedding",
  ({ scale, width, values }) => {
    const { data, dims } = guidanceEmbedding(scale, width);
    expect(dims).toEqual([1, width]);
    const difference = values.map((value, i) => Math.abs(Number(data[i]) - value));
    expect(Math.max(...difference)).toBeLessThan(tolerance);
  },
);
