import type { Kernel } from "@kindred/core";
import { expect } from "vitest";
import { image } from "../../src/index.ts";
import type { ImageRequest } from "../../src/index.ts";
import type { Difference, GoldenPictures } from "./golden.ts";

/** What is allowed between a picture and diffusers', and what a mutation must move at least, of 255. */
export const tolerance: Difference = { mean: 0.15, max: 3 };
export const mutated: number = 3 * tolerance.mean;

/**
 * The differences of a recorded case's worst picture. `change` has fields that the request has otherwise, and `model` is the one
 * that draws, by default the case's.
 */
export type Deviate = (
  name: string,
  change?: Partial<ImageRequest>,
  model?: string,
) => Promise<Difference>;

/** Draws recorded cases by a kernel, which is asked for at each call: tests launch theirs later. */
export function deviateBy(kernel: () => Kernel, golden: GoldenPictures): Deviate {
  return async (name, change = {}, model = golden.cases[name]!.model) => {
    const request = { ...(await golden.request(name)), ...change };
    const drawn = await kernel().run(image, model, request);
    const { pictures } = golden.cases[name]!;
    const found = await Promise.all(
      drawn.pictures.map((picture, i) => golden.difference(picture, pictures[i]!)),
    );
    return {
      mean: Math.max(...found.map(({ mean }) => mean)),
      max: Math.max(...found.map(({ max }) => max)),
    };
  };
}

export function expectSame({ mean, max }: Difference): void {
  expect(mean).toBeLessThanOrEqual(tolerance.mean);
  expect(max).toBeLessThanOrEqual(tolerance.max);
}
