import type { GraphBuilder, Value } from "@kindred/core/onnx";

/** The size of a table with a row for each type of token. Its weight is `token_type_embeddings.weight` [types, width]. */
export interface TypeTable {
  readonly type_vocab_size: number;
  readonly hidden_size: number;
}

/** The rows of `types`, int64 [batch, sequence]. Default: the first row, for all tokens. */
export function tokenTypes(g: GraphBuilder, table: TypeTable, types?: Value): Value {
  const { type_vocab_size: count, hidden_size: width } = table;
  const rows = g.weight("token_type_embeddings.weight", [count, width]);
  return g.node("Gather", [rows, types ?? g.int64([0], [])]);
}
