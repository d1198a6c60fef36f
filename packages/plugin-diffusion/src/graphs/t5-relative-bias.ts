import { shapeOf, slice, transpose, unsqueeze } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { T5EncoderConfig } from "./t5-encoder-config.ts";

const { floor, fround, log, min } = Math;

/** The longest sequence, in tokens. */
export const maxSequence = 512;

/**
 * T5's bias of attention by relative position (arXiv 1910.10683, section 2.1) for `ids` [batch, sequence]: float32
 * [1, heads, sequence, sequence]. Weights: `weight` [buckets, heads].
 */
export function relativeBias(g: GraphBuilder, ids: Value, config: T5EncoderConfig): Value {
  const { relative_attention_num_buckets: buckets, num_heads: heads } = config;
  const table = g.weight("weight", [buckets, heads]);
  const distances = Array.from({ length: 2 * maxSequence - 1 }, (_, i) => i - (maxSequence - 1));
  const bucketOf = g.int64(distances.map((distance) => bucket(distance, config)));
  const byDistance = g.node("Gather", [table, bucketOf], { axis: 0 });

  const sequence = slice(g, shapeOf(g, ids), { start: 1, end: 2 });
  const all = g.int64(Array.from({ length: maxSequence }, (_, i) => i));
  const positions = g.node("Slice", [all, g.int64([0]), sequence]);
  const difference = g.node("Sub", [unsqueeze(g, positions, [0]), unsqueeze(g, positions, [1])]);
  const index = g.node("Add", [difference, g.int64([maxSequence - 1])]);
  const bias = g.node("Gather", [byDistance, index], { axis: 0 });
  return unsqueeze(g, transpose(g, bias, [2, 0, 1]), [0]);
}

/**
 * The bucket of a key that is so many tokens after its query: one for each near distance, then ever wider ones. Each step
 * is rounded to float32, as torch does.
 */
function bucket(distance: number, config: T5EncoderConfig): number {
  const { relative_attention_num_buckets: all, relative_attention_max_distance: max } = config;
  const half = all / 2;
  const exact = half / 2;
  const side = distance > 0 ? half : 0;
  const away = Math.abs(distance);
  if (away < exact) return side + away;
  const share = fround(fround(log(fround(away / exact))) / fround(log(max / exact)));
  return side + min(half - 1, exact + floor(fround(share * (half - exact))));
}
