import type { ShownStep } from "./draw.ts";

/** A pass's place among all steps of its picture. */
export interface PassSteps {
  /** Steps of the passes before it. */
  readonly before: number;
  /** The steps of its own that have a preview. */
  readonly shown: readonly ShownStep[];
}

/** The steps of one picture. */
export interface PictureSteps {
  /** Those of all passes together. */
  readonly total: number;
  readonly passes: readonly PassSteps[];
}

/**
 * The places of passes of so many steps. Previews lie evenly between the first step of the first pass and the last of the last
 * one, which the picture itself follows.
 */
export function passSteps(lengths: readonly number[], previews: number): PictureSteps {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const spread = Array.from({ length: previews }, (_, i) =>
    Math.floor(((i + 1) * total) / (previews + 1)),
  );
  const chosen = [...new Set(spread)].filter((step) => step < total - 1);
  let end = 0;
  const passes = lengths.map((length) => {
    const before = end;
    end += length;
    const own = chosen.map((step, index) => ({ step: step - before, index }));
    return { before, shown: own.filter(({ step }) => step >= 0 && step < length) };
  });
  return { total, passes };
}
