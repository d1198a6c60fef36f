import { add, cast, embedding, mul, shapeOf } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";

/** The size of a table with a row for each place of a text. Its weight is `position_embeddings.weight` [places, width]. */
export interface PositionTable {
  readonly max_position_embeddings: number;
  readonly hidden_size: number;
}

/** The table's first rows, as many as the sequence has tokens: float32 [sequence, width]. */
export function positions(g: GraphBuilder, ids: Value, table: PositionTable): Value {
  const { max_position_embeddings: count, hidden_size: width } = table;
  const rows = g.weight("position_embeddings.weight", [count, width]);
  const length = g.node("Gather", [shapeOf(g, ids), g.int64([1])]);
  return g.node("Slice", [rows, g.int64([0]), length]);
}

/**
 * Places counted as fairseq counts them: the first token has the row `padding` + 1. The id `padding` is not counted, wherever it
 * stands, and has the row `padding`. float32 [batch, sequence, width].
 */
export function positionsBehind(
  g: GraphBuilder,
  ids: Value,
  padding: number,
  table: PositionTable,
): Value {
  const { max_position_embeddings: count, hidden_size: width } = table;
  const isPadding = g.node("Equal", [ids, g.int64([padding], [])]);
  const counts = cast(g, g.node("Not", [isPadding]), "int64");
  const counted = mul(g, g.node("CumSum", [counts, g.int64([1], [])]), counts);
  const places = add(g, counted, g.int64([padding], []));
  return embedding(g.at("position_embeddings"), places, count, width);
}
