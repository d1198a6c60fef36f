import { cast, mul, shapeOf, unsqueeze } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";

/** Queries that are computed at once. */
export const maxTile = 512;

/** Queries of one tile of a text of so many tokens: all tiles are of one length. */
export function tileOf(length: number): number {
  return Math.ceil(length / Math.max(1, Math.ceil(length / maxTile)));
}

/** Where the tokens of a batch lie. All layers share it. */
export interface Alibi {
  /** float32 [1, heads, 1, 1] */
  readonly slopes: Value;
  /** float32 [sequence]: 0, 1, 2 … */
  readonly places: Value;
  /** int64 []: tiles that the queries make. */
  readonly tiles: Value;
  /** int64 []: queries of each. The last tile has fewer where that does not divide the text. */
  readonly rows: Value;
  /** bool []: whether there is one tile. */
  readonly isOne: Value;
  /** The bias of all queries, float32 [1, heads, sequence, sequence], if there is one tile; else it has no queries. */
  readonly bias: Value;
}

/**
 * Attention with linear biases (ALiBi, Press et al. 2021, arXiv:2108.12409) in the form that looks both ways (Günther et al. 2023,
 * arXiv:2310.19923): a score loses the slope of its head times |place of the query − place of the key|. `ids` is int64
 * [batch, sequence].
 */
export function alibi(g: GraphBuilder, ids: Value, heads: number): Alibi {
  const length = g.node("Gather", [shapeOf(g, ids), g.int64([1], [])]);
  const one = g.int64([1], []);
  const tiles = g.node("Max", [ceilDivide(g, length, g.int64([maxTile], [])), one]);
  const isOne = g.node("Equal", [tiles, one]);
  const slopes = g.float32(alibiSlopes(heads), [1, heads, 1, 1]);
  const start = g.int64([0], []);
  const places = placesFrom(g, start, length);
  const queries = placesFrom(g, start, mul(g, length, cast(g, isOne, "int64")));
  const bias = alibiBias(g, queries, { slopes, places });
  return { slopes, places, tiles, rows: ceilDivide(g, length, tiles), isOne, bias };
}

/** What is added to the scores of queries at these places, float32 [queries]: 0 or less, float32 [1, heads, queries, sequence]. */
export function alibiBias(
  g: GraphBuilder,
  queries: Value,
  { slopes, places }: Pick<Alibi, "slopes" | "places">,
): Value {
  const difference = g.node("Sub", [unsqueeze(g, queries, [1]), unsqueeze(g, places, [0])]);
  const distance = g.node("Abs", [difference]);
  return mul(g, distance, g.node("Neg", [slopes]));
}

/** start, start + 1 … as float32 [end − start]. Start and end are int64 []. */
export function placesFrom(g: GraphBuilder, start: Value, end: Value): Value {
  return cast(g, g.node("Range", [start, end, g.int64([1], [])]), "float32");
}

/**
 * One slope for each head, as the authors choose them: for 8 heads ½, ¼ … 1/256. If the count is no power of two, each second one of
 * twice as many heads follows those of the next lower power.
 */
export function alibiSlopes(heads: number): readonly number[] {
  const power = 2 ** Math.floor(Math.log2(heads));
  const slopes = (count: number): readonly number[] =>
    Array.from({ length: count }, (_, i) => 2 ** ((-8 * (i + 1)) / count));
  const between = slopes(2 * power).filter((_, i) => i % 2 === 0);
  return [...slopes(power), ...between].slice(0, heads);
}

function ceilDivide(g: GraphBuilder, a: Value, b: Value): Value {
  const more = g.node("Sub", [g.node("Add", [a, b]), g.int64([1], [])]);
  return g.node("Div", [more, b]);
}
