import type { GraphBuilder } from "../graph.ts";
import { aValue, count, need } from "../need.ts";
import type { Kind } from "../need.ts";
import type { Value } from "../value.ts";
import { shapeOf, slice, transpose, unsqueeze } from "./shape.ts";

const { abs, floor, fround, log, min } = Math;

export interface RelativeBiasOptions {
  readonly heads: number;
  /** Rows of the table, a multiple of 4: one half for keys after their query, the other for the rest. */
  readonly buckets: number;
  /** Keys that are so many tokens away, and all beyond, share the last bucket of their half. More than a quarter of `buckets`. */
  readonly maxDistance: number;
}

/**
 * T5's bias of attention by relative position in both directions (arXiv:1910.10683, section 2.1), for x [batch, sequence, …]:
 * float32 [1, heads, sequence, sequence]. Weight: `weight` [buckets, heads].
 */
export function relativeBias(g: GraphBuilder, x: Value, options: RelativeBiasOptions): Value {
  const { heads, buckets, maxDistance } = options ?? {};
  need("relativeBias", aValue, { x });
  need("relativeBias", count, { heads });
  need("relativeBias", quarters, { buckets });
  need("relativeBias", above(buckets / 4), { maxDistance });
  const distances = Array.from({ length: 2 * maxDistance + 1 }, (_, i) => i - maxDistance);
  const bucketOf = g.int64(distances.map((distance) => bucket(distance, options)));
  const table = transpose(g, g.weight("weight", [buckets, heads]), [1, 0]);
  const byDistance = g.node("Gather", [table, bucketOf], { axis: 1 });

  const sequence = g.node("Squeeze", [slice(g, shapeOf(g, x), { start: 1, end: 2 })]);
  const places = g.node("Range", [g.int64([0], []), sequence, g.int64([1], [])]);
  const away = g.node("Sub", [unsqueeze(g, places, [0]), unsqueeze(g, places, [1])]);
  const ends = [g.int64([-maxDistance], []), g.int64([maxDistance], [])];
  const near = g.node("Clip", [away, ...ends]);
  const index = g.node("Add", [near, g.int64([maxDistance], [])]);
  return unsqueeze(g, g.node("Gather", [byDistance, index], { axis: 1 }), [0]);
}

/**
 * The bucket of a key that is so many tokens after its query: one for each near distance, then ever wider ones. Each step
 * is rounded to float32, as torch does.
 */
function bucket(distance: number, { buckets, maxDistance }: RelativeBiasOptions): number {
  const half = buckets / 2;
  const exact = half / 2;
  const side = distance > 0 ? half : 0;
  const away = abs(distance);
  if (away < exact) return side + away;
  const share = fround(fround(log(fround(away / exact))) / fround(log(maxDistance / exact)));
  return side + min(half - 1, exact + floor(fround(share * (half - exact))));
}

const quarters: Kind = {
  words: "a multiple of 4",
  is: (value) => count.is(value) && (value as number) % 4 === 0,
};

const above = (bound: number): Kind => ({
  words: `a whole number above ${bound}`,
  is: (value) => count.is(value) && (value as number) > bound,
});
