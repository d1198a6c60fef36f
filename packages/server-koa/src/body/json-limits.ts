import { countJson, TimeSlice } from "@kindred/core";

/** 2,048 lists of token ids have 2,050 arrays and objects. JSON.parse takes 30 ms for a hundred thousand. */
export const maxBrackets = 100_000;

/** 2,048 texts of 512 ids have half as many values. JSON.parse takes 22 ms for two million numbers. */
export const maxCommas = 2_000_000;

/**
 * 2,048 objects of four fields have fewer keys. A schema that refuses unknown keys takes 8 ms for ten thousand, seconds for
 * a million.
 */
export const maxKeys = 10_000;

/**
 * Whether JSON has so many parts that parsing it would hold the event loop: 32 MiB of "[]," hold it for 3.6 s, as one
 * string for 20 ms.
 */
export async function exceedsJsonLimits(json: string): Promise<boolean> {
  const counting = countJson(json, { maxBrackets, maxCommas, maxKeys });
  const slice = new TimeSlice();
  for (;;) {
    const { done, value: parts } = counting.next();
    if (done) return parts === undefined;
    if (slice.isOver) await slice.next();
  }
}
