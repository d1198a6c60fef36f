import type { PoolingMode } from "@kindred/plugin-embedding";
import { describe, expect, test } from "vitest";
import { difference } from "./difference.ts";
import { distance, golden, read, texts } from "./golden.ts";
import { openGraph } from "./open-graph.ts";
import { served } from "./served.ts";

const tolerance = 1e-5;
const modes: Readonly<Record<string, PoolingMode>> = {
  "modernbert-tiny": "mean",
  "nomic-tiny": "mean",
  "qwen3-tiny": "lasttoken",
};

/** The same ids as tools/reference/embedding_rotary.py's. */
function spread(name: string, length: number): readonly number[] {
  const { vocab_size: vocabulary } = read(`fixtures/${name}/config.json`);
  return Array.from({ length }, (_, i) => (i * 7919 + 104) % vocabulary);
}

describe.each(Object.keys(modes))("%s", (name) => {
  test("texts embedded together are as sentence-transformers embeds each", async () => {
    expect(await difference(name)).toBeLessThan(tolerance);
  });

  test("texts embedded one by one are as sentence-transformers embeds each", async () => {
    await using model = await served(name);
    for (const [text, expected] of Object.entries(golden(name).vectors)) {
      const [vector] = await model.embed({ input: [texts[text]!], truncate: true });
      expect(distance(vector, expected), text).toBeLessThan(tolerance);
    }
  });

  test("a text beyond the limit is cut where the reference cuts it", async () => {
    await using model = await served(name);
    const overlong = texts["full length"] + " and".repeat(20);
    const [vector] = await model.embed({ input: [overlong], truncate: true });
    expect(distance(vector, golden(name).truncated)).toBeLessThan(tolerance);
  });

  test("a text alone and beside one five times as long has the reference's vector", async () => {
    await using graph = await openGraph(name, modes[name]!);
    const { lengths } = golden(name);
    const rows = [30, 150].map((length) => spread(name, length));
    const alone = [...(await graph.embed([rows[0]!])), ...(await graph.embed([rows[1]!]))];
    for (const found of [
      alone,
      await graph.embed(rows),
      (await graph.embed(rows.toReversed())).toReversed(),
    ]) {
      expect(distance(found[0], lengths["30"])).toBeLessThan(tolerance);
      expect(distance(found[1], lengths["150"])).toBeLessThan(tolerance);
    }
  });

  test("a text of 3,000 tokens has the reference's vector", async () => {
    await using graph = await openGraph(name, modes[name]!);
    const [vector] = await graph.embed([spread(name, 3000)]);
    expect(distance(vector, golden(name).lengths["3000"])).toBeLessThan(tolerance);
  });

  test.skipIf(process.platform !== "linux")(
    "a text of 8,192 tokens takes no more memory than the graph says, however many its layers",
    async () => {
      const layers = { num_hidden_layers: 12 };
      await using graph = await openGraph(name, modes[name]!, layers);
      await graph.embed([[1, 2]]);
      const before = await graph.peakBytes();
      await graph.embed([spread(name, 8192)]);
      const workspace = graph.source.workspace!({ input_ids: [1, 8192] });
      expect((await graph.peakBytes()) - before).toBeLessThan(1.1 * workspace);
    },
  );
});

test.each([
  ["nomic-tiny", "query"],
  ["qwen3-tiny", "query"],
])("the prompts of %s go before texts as the reference puts them", async (name, prompt) => {
  const folder = { "nomic-tiny": "nomic-embed-text-v1.5", "qwen3-tiny": name }[name]!;
  await using model = await served(name, { folder });
  const { prompted } = golden(name);
  const input = Object.keys(prompted).map((text) => texts[text]!);
  const found = await model.embed({ input, prompt });
  expect(found).toHaveLength(2);
  for (const [i, expected] of Object.values(prompted).entries()) {
    expect(distance(found[i], expected)).toBeLessThan(tolerance);
  }
});
