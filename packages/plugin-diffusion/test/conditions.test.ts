import { expect, test } from "vitest";
import type { Conditions } from "../src/conditions.ts";
import type { Size } from "../src/task.ts";
import { tensor } from "./fake-graphs.ts";
import { drawWith, standInDenoiser, standInModel, states } from "./stand-in-model.ts";

const heard: Conditions[] = [];
const sizes: Size[] = [];
/** A model as SDXL's: pooled texts beside the states, and an input that depends on the size. */
const model = standInModel({
  denoiser: {
    ...standInDenoiser(heard),
    conditions(_, size) {
      sizes.push(size);
      const own = { time_ids: tensor([1, 2], (i) => [size.height, size.width][i]!) };
      return { prompt: own, negative: own };
    },
  },
  prompts: {
    tokenize: async () => ({
      tokens: 2,
      encode: async () => ({
        prompt: { text: states(0.5), text_embeds: tensor([1, 3], (i) => i) },
        negative: { text: states(0.25), text_embeds: tensor([1, 3], (i) => -i) },
      }),
    }),
  },
});

test("guidance batches every condition by its name, the negative prompt's row first", async () => {
  heard.length = 0;
  await drawWith(model, { width: 32, height: 64, steps: 1 });
  expect(heard).toEqual([
    {
      text: { type: "float32", dims: [2, 2, 1], data: Float32Array.of(0.25, 0.25, 0.5, 0.5) },
      text_embeds: { type: "float32", dims: [2, 3], data: Float32Array.of(-0, -1, -2, 0, 1, 2) },
      time_ids: { type: "float32", dims: [2, 2], data: Float32Array.of(64, 32, 64, 32) },
    },
  ]);
});

test("without guidance the denoiser takes the prompt's conditions and the size's, of one row", async () => {
  heard.length = 0;
  await drawWith(model, { width: 32, height: 64, steps: 1, guidance: 1 });
  expect(heard.map((each) => Object.values(each).map(({ dims }) => dims))).toEqual([
    [
      [1, 2],
      [1, 2, 1],
      [1, 3],
    ],
  ]);
});

test("conditions of the size are those of the size that is drawn", async () => {
  sizes.length = 0;
  await drawWith({ ...model, only: { width: 64, height: 64 } }, { width: 512, height: 512 });
  expect(sizes).toEqual([{ width: 64, height: 64 }]);
});
