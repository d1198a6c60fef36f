import { expect, test } from "vitest";
import { distance, golden, read, texts } from "./golden.ts";
import { served } from "./served.ts";

/** Writes up to 1.3 GB of weights each, so only `npm run test:full` does it. */
test
  .skipIf(!process.env["KINDRED_FULL"])
  .each(["e5-large", "modernbert-base", "nomic-base", "qwen3-0.6b"])(
  "%s embeds as sentence-transformers does",
  async (name) => {
    await using model = await served(name);
    const { vectors, ids } = golden(name);
    const { vocab_size: vocabulary } = read(`fixtures/${name}/config.json`);
    const input = Object.keys(vectors).map((text) => texts[text]!);
    const spread = Array.from({ length: 60 }, (_, i) => (i * 7919 + 104) % vocabulary);
    const found = await model.embed({ input: [...input, spread] });
    for (const [i, expected] of [...Object.values(vectors), ids].entries()) {
      expect(distance(found[i], expected)).toBeLessThan(1e-5);
    }
  },
  300_000,
);
