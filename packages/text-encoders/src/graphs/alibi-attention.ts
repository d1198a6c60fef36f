import {
  add,
  attention,
  concat,
  either,
  forEach,
  mul,
  reshape,
  shapeOf,
  slice,
  transpose,
  unsqueeze,
} from "@kindred/core/onnx";
import type { AttentionOptions, GraphBuilder, Value } from "@kindred/core/onnx";
import { alibiBias, placesFrom } from "./alibi.ts";
import type { Alibi } from "./alibi.ts";

export interface AlibiAttentionOptions extends Omit<AttentionOptions, "bias" | "causal"> {
  readonly alibi: Alibi;
}

/**
 * Multi-head attention with a bias by distance → [batch, sequence, heads · size]. Queries of a long text are computed in tiles, one
 * after the other: their scores take memory for one tile, and their bias is made anew for each. A text of one tile costs what it
 * costs without tiles.
 */
export function alibiAttention(
  g: GraphBuilder,
  { alibi, query, ...others }: AlibiAttentionOptions,
): Value {
  return either(g, alibi.isOne, {
    whenTrue: (h) => attention(h, { ...others, query, bias: alibi.bias }),
    whenFalse: (h) => {
      const attend: Attend = (i, tile, bias) => attention(i, { ...others, query: tile, bias });
      return inTiles(h, query, alibi, attend);
    },
  });
}

/** Attention of the queries of one tile, [batch, rows, width], with their bias. */
type Attend = (g: GraphBuilder, query: Value, bias: Value) => Value;

function inTiles(g: GraphBuilder, query: Value, alibi: Alibi, attend: Attend): Value {
  const { tiles, rows } = alibi;
  const length = slice(g, shapeOf(g, query), { start: 1, end: 2 });
  const missing = g.node("Sub", [mul(g, tiles, rows), length]);
  const padded = g.node("Pad", [
    query,
    concat(g, [g.int64([0, 0, 0, 0]), missing, g.int64([0])], 0),
  ]);
  // [tiles, batch, rows, width]
  const attended = forEach(g, tiles, (h, index) => {
    const start = mul(h, index, rows);
    const end = add(h, start, rows);
    const bounds = [start, end].map((bound) => unsqueeze(h, bound, [0]));
    const tile = h.node("Slice", [padded, ...bounds, h.int64([1])]);
    return attend(h, tile, alibiBias(h, placesFrom(h, start, end), alibi));
  });
  const width = slice(g, shapeOf(g, query), { start: 2 });
  const shape = concat(g, [g.int64([0, -1]), width], 0);
  const all = reshape(g, transpose(g, attended, [1, 0, 2, 3]), shape);
  return g.node("Slice", [all, g.int64([0]), length, g.int64([1])]);
}
