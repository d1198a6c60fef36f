import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pictureFigures } from "../../../bench/quality/pictures.js";
import { vectorFigures } from "../../../bench/quality/vectors.js";
import { demoEmbedding, demoImage } from "../src/index.ts";

/** docs/real-weights.md says how to get it. */
const minilm = join(process.env["KINDRED_MODELS"] ?? "/no/such/folder", "all-MiniLM-L6-v2");

async function ranksAsInFloat32(source: string): Promise<void> {
  const { float32, int8 } = await vectorFigures({ source }, ["int8"]);
  expect(float32.spearman).toBeGreaterThan(0.78);
  expect(Math.abs(int8.spearman - float32.spearman)).toBeLessThan(0.005);
  expect(int8.mean).toBeGreaterThan(0.999);
  expect(int8.least).toBeGreaterThan(0.998);
  expect(int8.mean).toBeLessThan(1);
}

test("demo-embedding in int8 ranks 200 graded pairs of sentences as in float32", () =>
  ranksAsInFloat32(demoEmbedding.source));

test.skipIf(!existsSync(minilm))(
  "all-MiniLM-L6-v2 in int8 ranks 200 graded pairs of sentences as in float32",
  () => ranksAsInFloat32(minilm),
);

test("demo-image in int8 draws every fifth of 50 prompts within 2 of 255 of float32's pictures", async () => {
  const { steps, guidance } = demoImage.options!;
  const launch = { source: demoImage.source, options: { steps, guidance } };
  const { int8 } = await pictureFigures(launch, ["int8"], 5);
  expect(int8.prompts).toBe(10);
  expect(int8.mean).toBeLessThan(2);
  expect(int8.mean).toBeGreaterThan(0);
});
