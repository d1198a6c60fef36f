import * as z from "zod";

/** The schema of a whole number from 1 to `max`. A config's counts size loops and allocations, so each has a bound. */
export function count(max: number): z.ZodNumber {
  return z.int().min(1).max(max);
}

/** The schema of one such number for all levels of a network, or of one for each. */
export function perLevel(max: number): z.ZodType<number | readonly number[]> {
  const each = z.array(count(max)).min(1).max(maxLevels);
  const error = `expected a whole number from 1 to ${max}, or at most ${maxLevels} of them`;
  return z.union([count(max), each], { error });
}

/** Levels of resolution; published networks have 4. */
export const maxLevels = 8;

/** Channels of a level; published networks have 1,280. */
export const maxChannels = 16_384;

/** Numbers in a vector of any other kind; published networks have 4,096. */
export const maxWidth = 65_536;

/** Says which of these widths a number does not divide, as a clause. undefined when it divides all. */
export function indivisibleWidth(divisor: number, widths: readonly number[]): string | undefined {
  const width = widths.find((each) => each % divisor !== 0);
  return width === undefined ? undefined : `${width} channels are no multiple of it`;
}
