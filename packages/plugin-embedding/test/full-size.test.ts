import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { graphsOf, peakBytes, residentBytes } from "../../../test/load/process-tree.ts";
import { distance, golden, texts } from "./golden.ts";
import { served } from "./served.ts";

/** They write 1.3 GB of weights and less, so only `npm run test:full` runs them. */
const full = process.env["KINDRED_FULL"];

/** Ids from all over a vocabulary. */
const spread = (count: number, vocabulary: number): number[] =>
  Array.from({ length: count }, (_, i) => (i * 7919 + 104) % vocabulary);

/** Folders, and the ids of their vocabularies. */
const folders: readonly (readonly [string, number])[] = [
  ["e5-large", 30_522],
  ["multilingual-e5-large", 250_002],
  ["all-mpnet-base-v2", 30_527],
  ["msmarco-distilbert-base-v4", 30_522],
  ["modernbert-base", 50_368],
  ["nomic-base", 30_528],
  ["qwen3-0.6b", 151_669],
];

test.skipIf(!full).each(folders)(
  "%s embeds as sentence-transformers does",
  async (name, vocabulary) => {
    await using model = await served(name);
    const { vectors, ids } = golden(name);
    const input = Object.keys(vectors).map((text) => texts[text]!);
    const found = await model.embed({ input: [...input, spread(60, vocabulary)], truncate: true });
    for (const [i, expected] of [...Object.values(vectors), ids].entries()) {
      expect(distance(found[i], expected)).toBeLessThan(1e-5);
    }
  },
  600_000,
);

describe.skipIf(!full)("jina-embeddings-v2-base-en", () => {
  test("embeds as its definition says", { timeout: 300_000 }, async () => {
    await using model = await served("jina-base");
    const { vectors, lengths } = golden("jina-base");
    const input = Object.keys(vectors).map((text) => texts[text]!);
    const found = await model.embed({ input: [...input, spread(511, 30_528)] });
    for (const [i, expected] of [...Object.values(vectors), lengths[513]].entries()) {
      expect(distance(found[i], expected)).toBeLessThan(1e-5);
    }
  });

  test.runIf(process.platform === "linux").each([512, 8192])(
    "takes the memory for %i tokens that it says, below 1.5 GB",
    { timeout: 600_000 },
    async (tokens) => {
      await using model = await served("jina-base");
      await model.embed({ input: ["hello"] });
      const [graph] = graphsOf(process.pid);
      const before = residentBytes(graph!);
      // Has the process's peak begin anew: opening it took more.
      writeFileSync(`/proc/${graph}/clear_refs`, "5");
      const [vector] = await model.embed({ input: [spread(tokens - 2, 30_528)] });
      const took = peakBytes(graph!) - before;
      expect(took).toBeLessThan(1.5e9);
      const { workspaceBytes } = model.kernel.models()[0]!.graphs![0]!;
      expect(workspaceBytes / took).toBeGreaterThan(0.8);
      expect(workspaceBytes / took).toBeLessThan(1.2);
      const expected = golden("jina-base").lengths[tokens];
      if (expected) expect(distance(vector, expected)).toBeLessThan(1e-5);
    },
  );
});
