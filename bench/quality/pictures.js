import { readFileSync } from "node:fs";
import { diffusion, image } from "@kindred/plugin-diffusion";
import { mean } from "../statistics.js";
import { inPrecisions } from "./in-precisions.js";

/** 50 prompts of what demo-image knows. */
const prompts = JSON.parse(readFileSync(new URL("prompts.json", import.meta.url), "utf8"));

/**
 * How far an image model's pictures are from float32's, by precision: the mean absolute difference of their channels, of 255, in the mean over
 * prompts and for the worst of them. Every `every`th prompt is drawn, 64×64, with its place as the seed.
 */
export function pictureFigures(launch, precisions, every = 1) {
  return inPrecisions(diffusion(), launch, precisions, async (kernel) => {
    const draw = async (name, request) => (await kernel.run(image, name, request)).pictures[0].rgb;
    const drawn = Object.fromEntries(precisions.map((name) => [name, []]));
    for (const [seed, prompt] of prompts.entries()) {
      if (seed % every !== 0) continue;
      const request = { prompt, seed, width: 64, height: 64 };
      const exact = await draw("float32", request);
      for (const name of precisions) {
        drawn[name].push({ prompt, difference: difference(await draw(name, request), exact) });
      }
    }
    return Object.fromEntries(Object.entries(drawn).map(([name, all]) => [name, summary(all)]));
  });
}

function summary(drawn) {
  const worst = drawn.toSorted((a, b) => b.difference - a.difference)[0];
  return {
    prompts: drawn.length,
    mean: mean(drawn.map(({ difference }) => difference)),
    worst: worst.difference,
    "worst prompt": worst.prompt,
  };
}

function difference(a, b) {
  return mean(Array.from(a, (value, i) => Math.abs(value - b[i])));
}
