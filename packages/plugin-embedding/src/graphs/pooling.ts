import { cast, concat, mul, normalize, unsqueeze } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { Head } from "@kindred/text-encoders";

/**
 * How a text's token states become one vector. "cls" takes the first token's, "lasttoken" the last one's, "max" the largest number of
 * each column. "mean" is their mean, "mean_sqrt_len_tokens" their sum divided by the root of their count, and "weightedmean" a mean in
 * which the first token counts once, the second twice and so on (Muennighoff 2022, arXiv:2202.08904). Padding does not count.
 * The names are those of sentence-transformers' Pooling.
 */
export type PoolingMode =
  | "cls"
  | "max"
  | "mean"
  | "mean_sqrt_len_tokens"
  | "weightedmean"
  | "lasttoken";

/** The way from token states to a text's vector. */
export interface Pooling {
  /** At least one; the vectors of several are put one after the other. */
  readonly modes: readonly PoolingMode[];
  /** Brings the whole vector to unit length (L2). */
  readonly normalize: boolean;
  /**
   * Whether the tokens of a prompt count: models that follow instructions, such as INSTRUCTOR (Su et al. 2022, arXiv:2212.09741),
   * leave them out. Tokens after them keep their places. Default true.
   */
  readonly includePrompt?: boolean;
}

/** The graph's input that says which tokens count; it has one when prompts do not. */
export const poolingMask = "pooling_mask";

/** The head whose output `embedding`, float32 [batch, dimensions · pooling modes], has a vector for each text. */
export const pooled =
  (pooling: Pooling): Head =>
  (g, { states, mask }) => {
    g.output("embedding", pool(g, states, mask, pooling));
  };

/**
 * Pools token states x, float32 [batch, tokens, width], to vectors [batch, modes · width]. The mask, int64 [batch, tokens],
 * has 1 for tokens and 0 for the padding behind them. Where `includePrompt` is false it
 * gives the graph a further input, `pooling_mask`: the mask with 0 for the tokens of prompts, too.
 */
export function pool(g: GraphBuilder, x: Value, mask: Value, pooling: Pooling): Value {
  const { modes, includePrompt = true } = pooling;
  const counted = includePrompt ? mask : g.input(poolingMask, "int64", ["batch", "sequence"]);
  const states: States = { x, mask, counted };
  const [first, ...others] = modes.map((mode) => poolings[mode](g, states));
  const vector = first && others.length ? concat(g, [first, ...others], 1) : first;
  return pooling.normalize ? normalize(g, vector!) : vector!;
}

/** Token states with their masks, int64 [batch, tokens]. */
interface States {
  /** [batch, tokens, width] */
  readonly x: Value;
  /** 1 for tokens. */
  readonly mask: Value;
  /** 1 for the tokens that count. */
  readonly counted: Value;
}

const poolings: Record<PoolingMode, (g: GraphBuilder, states: States) => Value> = {
  cls(g, { x, mask, counted }) {
    if (counted === mask) return g.node("Gather", [x, g.int64([0], [])], { axis: 1 });
    const places = g.node("ArgMax", [cast(g, counted, "float32")], { axis: 1, keepdims: 1 });
    return at(g, x, places);
  },

  max(g, { x, counted }) {
    const real = unsqueeze(g, cast(g, counted, "bool"), [2]);
    const states = g.node("Where", [real, x, g.float32([-Infinity], [])]);
    return g.node("ReduceMax", [states, g.int64([1])], { keepdims: 0 });
  },

  mean(g, { x, counted }) {
    const weights = perToken(g, cast(g, counted, "float32"));
    return g.node("Div", [sumOver(g, mul(g, x, weights)), sumOver(g, weights)]);
  },

  mean_sqrt_len_tokens(g, { x, counted }) {
    const weights = perToken(g, cast(g, counted, "float32"));
    const root = g.node("Sqrt", [sumOver(g, weights)]);
    return g.node("Div", [sumOver(g, mul(g, x, weights)), root]);
  },

  weightedmean(g, { x, mask, counted }) {
    const places = g.node("CumSum", [cast(g, mask, "float32"), g.int64([1], [])]);
    const weights = perToken(g, mul(g, places, cast(g, counted, "float32")));
    return g.node("Div", [sumOver(g, mul(g, x, weights)), sumOver(g, weights)]);
  },

  lasttoken(g, { x, mask }) {
    const count = g.node("ReduceSum", [mask, g.int64([1])], { keepdims: 1 });
    return at(g, x, g.node("Sub", [count, g.int64([1])]));
  },
};

/** The states at one place of each text, int64 [batch, 1]. */
function at(g: GraphBuilder, x: Value, places: Value): Value {
  return g.node("GatherND", [x, places], { batch_dims: 1 });
}

/** [batch, tokens] as [batch, tokens, 1]. */
function perToken(g: GraphBuilder, weights: Value): Value {
  return unsqueeze(g, weights, [2]);
}

/** The sum over the tokens. */
function sumOver(g: GraphBuilder, x: Value): Value {
  return g.node("ReduceSum", [x, g.int64([1])], { keepdims: 0 });
}
