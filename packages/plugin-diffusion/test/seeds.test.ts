import { expect, test } from "vitest";
import { generations as generationsWith } from "../src/endpoints/generations.ts";
import type { ImageRequest } from "../src/index.ts";
import { uploadDefaults } from "../src/picture/upload-limits.ts";
import { drawWith, standInModel } from "./stand-in-model.ts";

const generations = generationsWith(uploadDefaults);

async function seeds(request: Partial<ImageRequest>): Promise<readonly number[]> {
  const { pictures } = await drawWith(standInModel(), { steps: 1, ...request });
  return pictures.map(({ seed }) => seed);
}

test.each<[ImageRequest["seed"], number, readonly number[]]>([
  [7, 1, [7]],
  [7, 3, [7, 8, 9]],
  [0, 2, [0, 1]],
  [[5, 900], 2, [5, 900]],
  [[5, 900], 4, [5, 900, 901, 902]],
  [[7], 3, [7, 8, 9]],
  [[3, 3], 2, [3, 3]],
])("seed %j gives %i pictures the seeds %j", async (seed, count, expected) => {
  expect(await seeds({ seed, count })).toEqual(expected);
});

test.each<[string, ImageRequest["seed"]]>([
  ["-1", -1],
  ["a list of -1", [-1]],
  ["none", undefined],
])("%s is a random seed, another one each time, and pictures count on from it", async (_, seed) => {
  const [one, other] = [await seeds({ seed, count: 2 }), await seeds({ seed, count: 2 })];
  expect(one).not.toEqual(other);
  expect(one[0]).toBeGreaterThanOrEqual(0);
  expect(one[1]).toBe(one[0]! + 1);
});

test("-1 in a list is random for its picture alone", async () => {
  const [first, second, third] = await seeds({ seed: [5, -1, 8], count: 3 });
  expect([first, third]).toEqual([5, 8]);
  expect(second).toBeGreaterThanOrEqual(0);
});

test.each<[string, ImageRequest["seed"], RegExp]>([
  ["a negative seed", -2, /integer from 0 .* or -1 for a random one.*not -2\.$/],
  ["a negative seed in a list", [1, -7], /not \[1,-7\]/],
  ["half a seed", 0.5, /not 0\.5/],
  ["NaN", Number.NaN, /seed must be/],
  ["a seed beyond what numbers hold", 2 ** 60, /seed must be/],
  ["an empty list", [], /not \[\]/],
  ["more seeds than pictures", [1, 2, 3], /^seed has 3 seeds for 2 pictures/],
])("%s is refused on seed", async (_, seed, message) => {
  await expect(seeds({ seed, count: 2 })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: "seed",
    message: expect.stringMatching(message),
  });
});

async function validate(body: object): Promise<unknown> {
  const result = await generations.body["~standard"].validate({ prompt: "a fox", ...body });
  if (!result.issues) return (await generations.decode(result.value)).input.seed;
  return result.issues.map(({ path, message }) => `${path?.join(".")}: ${message}`);
}

test.each<[object, unknown]>([
  [{ seed: -1 }, -1],
  [{ seed: [5, -1], n: 2 }, [5, -1]],
  [{ kwargs: '{"seed": -1}' }, -1],
  [{ kwargs: '{"seed": [1, 2]}', n: 2 }, [1, 2]],
  [{ seed: null }, undefined],
])("a body with %j asks for the seed %j", async (body, seed) => {
  expect(await validate(body)).toEqual(seed);
});

test.each([
  { seed: -2 },
  { seed: [] },
  { seed: [1, "2"] },
  { seed: "7" },
  { seed: { constructor: 1 } },
  { kwargs: '{"seed": -3}' },
])("a body with %j is refused on seed, with what a seed may be", async (body) => {
  expect(await validate(body)).toEqual([
    expect.stringMatching(
      /^seed: must be an integer from 0 to \d+, or -1 for a random one, .* not /,
    ),
  ]);
});
