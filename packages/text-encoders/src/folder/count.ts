import * as z from "zod";

/** The schema of a whole number from 1 to `max`. A config's counts size loops and allocations, so each has a bound. */
export function count(max: number): z.ZodNumber {
  return z
    .int()
    .min(1)
    .max(max, { error: ({ input }) => `it is ${String(input)}, and at most ${max} is served` });
}

/** Numbers in a state or between two layers; published encoders have 28,672. */
export const maxWidth = 131_072;

/** Token ids; published encoders have 262,144. */
export const maxVocabulary = 10_000_000;

/** Tokens of one text; published encoders have 131,072. */
export const maxPositions = 10_000_000;

/** Layers of a network; published encoders have 64. */
export const maxLayers = 1000;

/** Heads of attention; published encoders have 64. */
export const maxHeads = 1024;

/** Types of tokens; published encoders have 4. */
export const maxTypes = 1024;
