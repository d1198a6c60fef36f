import { describe, expect, test } from "vitest";
import { distance, golden, texts } from "./golden.ts";
import { served } from "./served.ts";

/** Folders, and the ids of their vocabularies. They write up to 1.3 GB of weights, so only `npm run test:full` does it. */
const folders: readonly (readonly [string, number])[] = [
  ["e5-large", 30_522],
  ["multilingual-e5-large", 250_002],
  ["all-mpnet-base-v2", 30_527],
  ["msmarco-distilbert-base-v4", 30_522],
];

describe.skipIf(!process.env["KINDRED_FULL"])("at full size", () => {
  test.each(folders)(
    "%s embeds as sentence-transformers does",
    async (name, vocabulary) => {
      await using model = await served(name);
      const { vectors, ids } = golden(name);
      const input = Object.keys(vectors).map((text) => texts[text]!);
      const spread = Array.from({ length: 60 }, (_, i) => (i * 7919 + 104) % vocabulary);
      const found = await model.embed({ input: [...input, spread], truncate: true });
      for (const [i, expected] of [...Object.values(vectors), ids].entries()) {
        expect(distance(found[i], expected)).toBeLessThan(1e-5);
      }
    },
    600_000,
  );
});
