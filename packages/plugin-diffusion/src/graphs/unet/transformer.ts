import {
  add,
  attention,
  concat,
  gelu,
  groupNorm,
  layerNorm,
  linear,
  mul,
  reshape,
  shapeOf,
  splitLinear,
  transpose,
} from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { FeatureMap } from "../blocks/feature-map.ts";

export interface TransformerOptions {
  readonly blocks: number;
  readonly heads: number;
  readonly groups: number;
  readonly linearProjection: boolean;
  readonly context: Context;
}

/** The states that the picture attends to. */
export interface Context {
  /** [batch · sequence, width] */
  readonly states: Value;
  readonly width: number;
  /** int64 [1] */
  readonly batch: Value;
}

/** diffusers' Transformer2DModel: pixels as tokens through `blocks` transformer blocks, around a shortcut. */
export function transformer(
  g: GraphBuilder,
  x: FeatureMap,
  options: TransformerOptions,
): FeatureMap {
  const { channels } = x;
  const { blocks, groups, linearProjection } = options;
  // A checkpoint may store this linear over tokens as a 1×1 convolution over pixels.
  const stored = linearProjection ? [channels, channels] : [channels, channels, 1, 1];

  const normed = groupNorm(g.at("norm"), x.value, { groups, channels, epsilon: 1e-6 });
  const pixels = transpose(g, normed, [0, 2, 3, 1]);
  let tokens = linear(g.at("proj_in"), reshape(g, pixels, [-1, channels]), channels, channels, {
    stored,
  });
  for (let i = 0; i < blocks; i++)
    tokens = block(g.at(`transformer_blocks.${i}`), tokens, channels, options);
  tokens = linear(g.at("proj_out"), tokens, channels, channels, { stored });

  const drawn = transpose(g, reshape(g, tokens, shapeOf(g, pixels)), [0, 3, 1, 2]);
  return { value: add(g, x.value, drawn), channels };
}

/** One transformer block over x [batch · pixels, width]: attention to itself, to the text, and a feed-forward. */
function block(g: GraphBuilder, x: Value, width: number, options: TransformerOptions): Value {
  const { heads, context } = options;
  const norm = (name: string, y: Value) => layerNorm(g.at(name), y, width, 1e-5);

  const own = norm("norm1", x);
  const self = { states: own, width, batch: context.batch };
  const y = add(g, x, attend(g.at("attn1"), own, width, { heads, context: self }));
  const z = add(g, y, attend(g.at("attn2"), norm("norm2", y), width, { heads, context }));
  return add(g, z, feedForward(g.at("ff.net"), norm("norm3", z), width));
}

function attend(
  g: GraphBuilder,
  x: Value,
  width: number,
  { heads, context }: { readonly heads: number; readonly context: Context },
): Value {
  const shape = concat(g, [context.batch, g.int64([-1, width])], 0);
  const project = (name: string, y: Value, from: number) =>
    reshape(g, linear(g.at(name), y, from, width, { bias: false }), shape);
  const mixed = attention(g, {
    query: project("to_q", x, width),
    key: project("to_k", context.states, context.width),
    value: project("to_v", context.states, context.width),
    heads,
  });
  return linear(g.at("to_out.0"), reshape(g, mixed, [-1, width]), width, width);
}

/** GEGLU (arXiv 2002.05202). */
function feedForward(g: GraphBuilder, x: Value, width: number): Value {
  const inner = 4 * width;
  const [half, gate] = splitLinear(g.at("0.proj"), x, width, 2 * inner, 2) as [Value, Value];
  return linear(g.at("2"), mul(g, half, gelu(g, gate)), inner, width);
}
