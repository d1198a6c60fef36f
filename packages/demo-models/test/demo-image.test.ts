import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createKernel, provide } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { QuantizedStore, quantizedStore } from "@kindred/core/precision";
import { diffusion, image } from "@kindred/plugin-diffusion";
import type { Pixels } from "@kindred/plugin-diffusion";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoImage } from "../src/index.ts";
import { colourAt, heldOut } from "./combinations.ts";

const precisions = ["float32", "int8"] as const;

let kernel: Kernel;
let quantized: string;
beforeAll(async () => {
  quantized = await mkdtemp(join(tmpdir(), "kindred-quantized-"));
  kernel = await createKernel({
    plugins: [diffusion()],
    models: precisions.map((precision) => ({
      ...demoImage,
      id: precision,
      options: { ...demoImage.options, precision },
    })),
    provides: [provide(quantizedStore, () => new QuantizedStore({ folder: quantized }))],
  });
});
afterAll(async () => {
  await kernel[Symbol.asyncDispose]();
  await rm(quantized, { recursive: true });
});

interface Drawing {
  /** Default 64. */
  readonly size?: number;
  /** Default "float32". */
  readonly precision?: (typeof precisions)[number];
}

async function draw(
  prompt: string,
  seed: number,
  { size = 64, precision = "float32" }: Drawing = {},
): Promise<Pixels> {
  const asked = { prompt, seed, width: size, height: size };
  const { pictures } = await kernel.run(image, precision, asked);
  return pictures[0]!;
}

test.each(precisions)(
  "in %s, at least 15 of the 18 combinations that it never saw have their colours where the prompt says",
  async (precision) => {
    const wrong = [];
    for (const [i, { shape, colour, background }] of heldOut.entries()) {
      const prompt = `a big ${colour} ${shape} on a ${background} background`;
      const picture = await draw(prompt, i + 1, { precision });
      const found = [colourAt(picture, 0.5, 0.52), colourAt(picture, 0.04, 0.96)];
      if (found[0] !== colour || found[1] !== background) wrong.push(`${prompt}: ${found}`);
    }
    expect(heldOut).toHaveLength(18);
    expect(wrong.length, wrong.join("\n")).toBeLessThanOrEqual(3);
  },
  120_000,
);

test("what it is said to know are words that its pictures' programs caption", async () => {
  const programs = await Promise.all(
    ["objects", "shapes", "palette", "grounds", "skies", "landscapes"].map((name) =>
      readFile(new URL(`../../../tools/demo-models/image/${name}.py`, import.meta.url), "utf8"),
    ),
  );
  const captioned = new Set(programs.join(" ").match(/[a-z]+/g));
  const { about, examples } = demoImage.options as { about: string; examples: string[] };
  const lists = Array.from(about.matchAll(/(?:: |, in )([^:.]*)/g), ([, list]) => list!);
  const words = [...lists, ...examples].join(" ").match(/[a-z]+/g)!;
  expect(words.length).toBeGreaterThan(60);
  expect(words.filter((word) => !captioned.has(word))).toEqual([]);
});

test.each([
  ["sunset", "a beautiful sunset over a calm ocean", 8],
  ["apple", "an apple", 4],
])("the command in the README draws its picture of %s", async (name, prompt, seed) => {
  const file = fileURLToPath(new URL(`../../../docs/pictures/${name}.png`, import.meta.url));
  const { data, info } = await sharp(file)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { rgb } = await draw(prompt, seed, { size: info.width });
  // Processors round differently.
  expect(meanDifference(rgb, data)).toBeLessThan(1);
});

test("a sunset has a warm sky over a blue ocean", async () => {
  const picture = await draw("a beautiful sunset over a calm ocean", 1);
  const [skyRed = 0, , skyBlue = 0] = meanOf(picture, 0.4, 0.5);
  const [oceanRed = 0, , oceanBlue = 0] = meanOf(picture, 0.75, 1);
  expect(skyRed).toBeGreaterThan(skyBlue + 60);
  expect(oceanBlue).toBeGreaterThan(oceanRed + 10);
});

test("an apple is red, on a light ground", async () => {
  const picture = await draw("an apple", 1);
  expect(colourAt(picture, 0.5, 0.55)).toBe("red");
  expect(colourAt(picture, 0.04, 0.96)).toBe("white");
});

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a).toHaveLength(b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

/** Mean red, green and blue of the rows between two shares of the height. */
function meanOf({ rgb, width, height }: Pixels, from: number, to: number): readonly number[] {
  const rows = rgb.subarray(
    3 * width * Math.round(height * from),
    3 * width * Math.round(height * to),
  );
  return [0, 1, 2].map(
    (colour) =>
      rows.filter((_, i) => i % 3 === colour).reduce((sum, value) => sum + value, 0) /
      (rows.length / 3),
  );
}
