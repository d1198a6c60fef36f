import type { GraphBuilder } from "../graph.ts";
import { aValue, count, need } from "../need.ts";
import type { Value } from "../value.ts";
import { attention } from "./attention.ts";
import { cast, concat, reshape, shapeOf, unsqueeze } from "./shape.ts";

/** Texts cut into blocks of queries, each with the keys that it can see. `windows` makes it. */
export interface Windows {
  /** Tokens of a text as the blocks have them: int64 [1], at least as many as there are. */
  readonly tokens: Value;
  /** Queries of a block: int64 [1]. */
  readonly block: Value;
  /** Places of each block's keys: int64 [blocks, keys]. */
  readonly keys: Value;
  /** 0 for a key that a query sees, −10⁹ for others: float32 [batch · blocks, 1, block, keys]. */
  readonly bias: Value;
}

/**
 * Prepares `windowAttention` over texts whose mask, int64 [batch, tokens], has 1 for tokens and 0 for padding. A token sees those that
 * are `reach` places away at most. The layers of a graph share it.
 */
export function windows(g: GraphBuilder, mask: Value, reach: number): Windows {
  need("windows", aValue, { mask });
  need("windows", count, { reach });
  const [zero, one] = [g.int64([0]), g.int64([1])];
  const length = g.node("Gather", [shapeOf(g, mask), one]);
  const block = g.node("Min", [length, g.int64([2 * reach])]);
  const blocks = g.node("Div", [g.node("Sub", [g.node("Add", [length, block]), one]), block]);
  const span = g.node("Min", [g.node("Add", [block, g.int64([2 * reach])]), length]);
  const starts = g.node("Mul", [upTo(g, blocks), block]);
  const earliest = g.node("Max", [g.node("Sub", [starts, g.int64([reach])]), zero]);
  const firstKeys = g.node("Min", [earliest, g.node("Sub", [length, span])]);
  const keys = g.node("Add", [unsqueeze(g, firstKeys, [1]), upTo(g, span)]);
  const queries = g.node("Add", [unsqueeze(g, starts, [1]), upTo(g, block)]);
  const away = g.node("Sub", [unsqueeze(g, queries, [2]), unsqueeze(g, keys, [1])]);
  const near = g.node("LessOrEqual", [g.node("Abs", [away]), g.int64([reach], [])]);
  const there = cast(g, g.node("Gather", [mask, keys], { axis: 1 }), "bool");
  const seen = g.node("And", [unsqueeze(g, near, [0]), unsqueeze(g, there, [2])]);
  const bias = g.node("Where", [seen, g.float32([0], []), g.float32([-1e9], [])]);
  return {
    tokens: g.node("Mul", [blocks, block]),
    block,
    keys,
    bias: reshape(g, bias, concat(g, [g.int64([-1]), one, block, span], 0)),
  };
}

export interface WindowAttentionOptions {
  /** [batch, tokens, width], and so are keys and values. */
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  /** heads · size */
  readonly width: number;
  readonly heads: number;
  readonly windows: Windows;
}

/**
 * Attention in which a token sees its neighbours on both sides alone (Beltagy et al. 2020, arXiv:2004.05150) → [batch, tokens, width].
 * Memory and work grow with the tokens and not with their square. It has no weights.
 */
export function windowAttention(g: GraphBuilder, options: WindowAttentionOptions): Value {
  const { query, key, value, width, heads, windows: cut } = options ?? {};
  need("windowAttention", aValue, { query, key, value, windows: cut?.keys });
  need("windowAttention", count, { width, heads });
  const length = g.node("Gather", [shapeOf(g, query), g.int64([1])]);
  const padding = concat(
    g,
    [g.int64([0, 0, 0, 0]), g.node("Sub", [cut.tokens, length]), g.int64([0])],
    0,
  );
  const blockShape = concat(g, [g.int64([-1]), cut.block, g.int64([width])], 0);
  const span = g.node("Gather", [shapeOf(g, cut.keys), g.int64([1])]);
  const spanShape = concat(g, [g.int64([-1]), span, g.int64([width])], 0);
  const visible = (x: Value): Value =>
    reshape(g, g.node("Gather", [x, cut.keys], { axis: 1 }), spanShape);
  const attended = attention(g, {
    query: reshape(g, g.node("Pad", [query, padding]), blockShape),
    key: visible(key),
    value: visible(value),
    heads,
    bias: cut.bias,
  });
  const whole = concat(g, [g.int64([-1]), cut.tokens, g.int64([width])], 0);
  const padded = reshape(g, attended, whole);
  return g.node("Slice", [padded, g.int64([0]), length, g.int64([1])]);
}

/** 0, 1, 2 … below a count, int64 [1] → int64 [count] */
function upTo(g: GraphBuilder, limit: Value): Value {
  return g.node("Range", [g.int64([0], []), reshape(g, limit, []), g.int64([1], [])]);
}
