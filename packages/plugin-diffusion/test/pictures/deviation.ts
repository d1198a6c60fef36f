import type { Kernel } from "@kindred/core";
import { expect } from "vitest";
import { image } from "../../src/index.ts";
import type { ImageRequest } from "../../src/index.ts";
import type { Difference, GoldenPictures } from "./golden.ts";

/** What is allowed between a picture and diffusers', and what a mutation must move at least, of 255. */
export const tolerance: Difference = { mean: 0.15, max: 3 };
export const mutated: number = 3 * tolerance.mean;

export interface Drawn {
  /** A recorded case. */
  readonly name: string;
  /** Fields that the request has otherwise. Default: none. */
  readonly change?: Partial<ImageRequest>;
  /** The model that draws. Default: the case's. */
  readonly model?: string;
}

/** The differences of a case's worst picture, as a kernel draws it. */
export async function deviation(
  kernel: Kernel,
  golden: GoldenPictures,
  { name, change = {}, model = golden.cases[name]!.model }: Drawn,
): Promise<Difference> {
  const { request, pictures } = golden.cases[name]!;
  const drawn = await kernel.run(image, model, { ...request, ...change });
  const found = await Promise.all(
    drawn.pictures.map((picture, i) => golden.difference(picture, pictures[i]!)),
  );
  return {
    mean: Math.max(...found.map(({ mean }) => mean)),
    max: Math.max(...found.map(({ max }) => max)),
  };
}

export function expectSame({ mean, max }: Difference): void {
  expect(mean).toBeLessThanOrEqual(tolerance.mean);
  expect(max).toBeLessThanOrEqual(tolerance.max);
}
