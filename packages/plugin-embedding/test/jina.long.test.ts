import { describe, expect, test } from "vitest";
import { distance, golden, texts } from "./golden.ts";
import { firstTileForAll, jinaGraph, otherSlopes } from "./jina-graph.ts";
import type { Mistake } from "./jina-graph.ts";
import { served } from "./served.ts";

const tolerance = 1e-5;
const folders = ["jina-8-heads", "jina-12-heads"];

/** Ids from all over a vocabulary, between those of [CLS] and [SEP]. */
const spread = (length: number): number[] => {
  const between = Array.from({ length: length - 2 }, (_, i) => (i * 7919 + 104) % 3000);
  return [2, ...between, 3];
};

describe.each(folders)("%s", (name) => {
  const { vectors, lengths } = golden(name);

  test("texts are embedded as JinaBERT's definition says", async () => {
    await using model = await served(name);
    expect(model.info).toMatchObject({ family: "jina", info: { max_tokens: 8192 } });
    const found = await model.embed({ input: Object.keys(vectors).map((text) => texts[text]!) });
    for (const [i, [text, expected]] of Object.entries(vectors).entries()) {
      expect(distance(found[i], expected), text).toBeLessThan(tolerance);
    }
  });

  test("8,192 tokens are embedded as JinaBERT's definition says, and one more is refused", async () => {
    await using model = await served(name);
    const [vector] = await model.embed({ input: [spread(8192)] });
    expect(distance(vector, lengths[8192])).toBeLessThan(tolerance);
    await expect(model.embed({ input: [spread(8193)] })).rejects.toThrow(/8193 tokens.* 8192/);
  });

  test.each(Object.keys(lengths).map(Number))("%i tokens alone", async (length) => {
    await using graph = await jinaGraph(name);
    const [vector] = await graph.embed([spread(length)]);
    expect(distance(vector, lengths[length])).toBeLessThan(tolerance);
  });

  test.each([
    [100, 500],
    [500, 2500],
    [513, 100, 1025, 512],
  ])("texts of several lengths in one run, the first %i tokens long", async (...counts) => {
    await using graph = await jinaGraph(name);
    const found = await graph.embed(counts.map(spread));
    for (const [i, count] of counts.entries()) {
      expect(distance(found[i], lengths[count]), String(count)).toBeLessThan(tolerance);
    }
  });
});

test("a graph of pairs takes the type of each token", async () => {
  await using graph = await jinaGraph("jina-8-heads", { pairs: true });
  const expected = golden("jina-8-heads").lengths[100];
  expect(distance((await graph.embed([spread(100)]))[0], expected)).toBeLessThan(tolerance);
  const [second] = await graph.embed([spread(100)], 1);
  expect(distance(second, expected)).toBeGreaterThan(10 * tolerance);
});

describe("a mistake moves vectors by ten times the tolerance and more", () => {
  const ofEight = [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128, 1 / 256];
  const slopes: Readonly<Record<string, readonly number[]>> = {
    "jina-8-heads": ofEight,
    "jina-12-heads": [
      ...ofEight,
      Math.SQRT1_2,
      Math.SQRT1_2 / 2,
      Math.SQRT1_2 / 4,
      Math.SQRT1_2 / 8,
    ],
  };
  const mistakes: Readonly<Record<string, (name: string) => Mistake>> = {
    "slopes halved": (name) => otherSlopes(slopes[name]!, (slope) => slope / 2),
    "the bias of the next head": (name) =>
      otherSlopes(slopes[name]!, (_, head) => slopes[name]!.at(head + 1 - slopes[name]!.length)!),
    "no bias": (name) => otherSlopes(slopes[name]!, () => 0),
  };

  /** How far vectors of 100 and of 1,025 tokens are from the recorded ones. */
  async function differences(name: string, options: Parameters<typeof jinaGraph>[1]) {
    await using graph = await jinaGraph(name, options);
    const { lengths } = golden(name);
    const difference = async (length: number) =>
      distance((await graph.embed([spread(length)]))[0], lengths[length]);
    return { short: await difference(100), long: await difference(1025) };
  }

  describe.each(folders)("%s", (name) => {
    test.each(Object.keys(mistakes))("%s", async (mistake) => {
      const { short, long } = await differences(name, { mistake: mistakes[mistake]!(name) });
      expect(short).toBeGreaterThan(10 * tolerance);
      expect(long).toBeGreaterThan(10 * tolerance);
    });

    test("the halves of the gated layers swapped", async () => {
      const { short, long } = await differences(name, { swapHalves: /gated_layers/ });
      expect(short).toBeGreaterThan(10 * tolerance);
      expect(long).toBeGreaterThan(10 * tolerance);
    });

    test("the place of the first tile for all, which texts of one tile do not show", async () => {
      const { short, long } = await differences(name, { mistake: firstTileForAll });
      expect(short).toBeLessThan(tolerance);
      expect(long).toBeGreaterThan(10 * tolerance);
    });
  });
});
