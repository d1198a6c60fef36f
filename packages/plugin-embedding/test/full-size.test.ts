import { expect, test } from "vitest";
import { distance, golden, texts } from "./golden.ts";
import { served } from "./served.ts";

/** Writes 1.3 GB of weights, so only `npm run test:full` does it. */
test.skipIf(!process.env["KINDRED_FULL"])(
  "e5-large embeds as sentence-transformers does",
  async () => {
    await using model = await served("e5-large");
    const { vectors, ids } = golden("e5-large");
    const input = Object.keys(vectors).map((text) => texts[text]!);
    const spread = Array.from({ length: 60 }, (_, i) => (i * 7919 + 104) % 30_522);
    const found = await model.embed({ input: [...input, spread] });
    for (const [i, expected] of [...Object.values(vectors), ids].entries()) {
      expect(distance(found[i], expected)).toBeLessThan(1e-5);
    }
  },
  300_000,
);
