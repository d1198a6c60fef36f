import { KernelError } from "@kindred/core";
import * as z from "zod";

/**
 * The lowest and the highest number of each dimension, which int8 and uint8 divide in 256 steps: two numbers for all dimensions, or
 * two lists with a number for each. Numbers beyond are taken for the nearest end.
 */
export type Ranges =
  | readonly [low: number, high: number]
  | readonly [lows: readonly number[], highs: readonly number[]];

/**
 * The ranges of vectors of unit length, and of heads of them. A step is 1/127 and 0 is the middle of one, so that an int8 is 127 times
 * the number, rounded, and no number is beyond.
 */
export const unitRanges: Ranges = [-128.5 / 127, 126.5 / 127];

/** Numbers in a list; published vectors have 8,192. */
const maxListed = 1_000_000;

const bound = z.number().min(-3.4e38).max(3.4e38);
const list = z.array(bound).min(1).max(maxListed);

/** Refuses ranges that end where they begin, or before. */
export const rangesSchema: z.ZodType<Ranges> = z
  .union([z.tuple([bound, bound]), z.tuple([list, list])])
  .refine(([lows, highs]) => isBelow([lows].flat(), [highs].flat()), {
    error: "expected two numbers, or two lists of the same length, of which the first are lower",
  });

/** The ranges of a launch. LOAD_FAILED when they are lists of another length than the vectors. */
export function checkedRanges(ranges: Ranges, dimensions: number): Ranges {
  const listed = dimensionsOf(ranges);
  if (listed === undefined || listed === dimensions) return ranges;
  throw new KernelError(
    "LOAD_FAILED",
    `The option ranges has lists of ${listed} numbers; the model's vectors have ${dimensions}. Give a number for each, or two for all.`,
  );
}

/** How many dimensions the ranges are of; undefined when they are of any. */
export function dimensionsOf([lows]: Ranges): number | undefined {
  return typeof lows === "number" ? undefined : lows.length;
}

function isBelow(lows: readonly number[], highs: readonly number[]): boolean {
  return lows.length === highs.length && lows.every((low, i) => low < highs[i]!);
}
