import { existsSync } from "node:fs";
import { join } from "node:path";
import { OpenAI } from "openai";
import { expect, test } from "vitest";
import { kindred, start } from "../../../test/started.ts";
import { distance, read, unpack } from "../../plugin-embedding/test/golden.ts";
import { sentences } from "../../plugin-embedding/test/sentences.ts";

/** docs/real-weights.md says how to get it. */
const minilm = join(process.env["KINDRED_MODELS"] ?? "/no/such/folder", "all-MiniLM-L6-v2");

test.skipIf(!existsSync(minilm))(
  "all-MiniLM-L6-v2 gives OpenAI's client sentence-transformers' vectors for 500 sentences",
  async () => {
    await using server = await start(kindred, ["serve", "--port", "0", "--model", minilm]);
    const { embeddings } = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none" });
    const { data } = await embeddings.create({
      model: "all-MiniLM-L6-v2",
      input: [...sentences(500)],
    });
    const vectors = data.map(({ embedding }) => embedding);
    const { sampled, whole } = read("golden/minilm.json");
    const columns = vectors.map((vector) => vector.filter((_, i) => i % 16 === 0));
    const rows = vectors.filter((_, i) => i % 25 === 0);
    expect(distance(Float32Array.from(columns.flat()), unpack(sampled))).toBeLessThan(1e-5);
    expect(distance(Float32Array.from(rows.flat()), unpack(whole))).toBeLessThan(1e-5);
  },
);
