import { attention, concat, linear, reshape, rmsNorm, shapeOf } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { Sd3TransformerConfig } from "../sd3-transformer-config.ts";

const epsilon = 1e-6;

/** Names of the weights of one stream: its projections and the norms of its queries and keys. */
interface Names {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly queryNorm: string;
  readonly keyNorm: string;
}

const picture: Names = {
  query: "to_q",
  key: "to_k",
  value: "to_v",
  queryNorm: "norm_q",
  keyNorm: "norm_k",
};
const text: Names = {
  query: "add_q_proj",
  key: "add_k_proj",
  value: "add_v_proj",
  queryNorm: "norm_added_q",
  keyNorm: "norm_added_k",
};

/** Attention of the picture's tokens x [batch, tokens, width] to themselves. */
export function selfAttention(g: GraphBuilder, x: Value, config: Sd3TransformerConfig): Value {
  const own = stream(g, x, picture, config);
  const { query, key, value } = own;
  const heads = config.num_attention_heads;
  const mixed = attention(g, { query: query(), key, value, heads });
  return dense(g, mixed, "to_out.0", config);
}

/** What two streams of tokens took from both. */
export interface Joint {
  readonly picture: Value;
  /** undefined where the text is not asked for. */
  readonly text: Value | undefined;
}

/**
 * Attention of the picture and of the text to both (arXiv 2403.03206, figure 2b), each with projections of its own. x is
 * [batch, tokens, width], y [batch, sequence, width].
 */
export function jointAttention(
  g: GraphBuilder,
  { x, y, textToo }: { readonly x: Value; readonly y: Value; readonly textToo: boolean },
  config: Sd3TransformerConfig,
): Joint {
  const own = stream(g, x, picture, config);
  const other = stream(g, y, text, config);
  const query = textToo ? concat(g, [own.query(), other.query()], 1) : own.query();
  const key = concat(g, [own.key, other.key], 1);
  const value = concat(g, [own.value, other.value], 1);
  const mixed = attention(g, { query, key, value, heads: config.num_attention_heads });
  if (!textToo) return { picture: dense(g, mixed, "to_out.0", config), text: undefined };
  const length = (tokens: Value) => g.node("Shape", [tokens], { start: 1, end: 2 });
  const lengths = concat(g, [length(x), length(y)], 0);
  const [ofPicture, ofText] = g.nodes("Split", [mixed, lengths], { axis: 1 }, { outputs: 2 });
  return {
    picture: dense(g, ofPicture!, "to_out.0", config),
    text: dense(g, ofText!, "to_add_out", config),
  };
}

interface Stream {
  /** Made where it is asked for: the last block's text asks nothing. */
  query(): Value;
  readonly key: Value;
  readonly value: Value;
}

function stream(g: GraphBuilder, x: Value, names: Names, config: Sd3TransformerConfig): Stream {
  const normed = (projection: string, norm: string) => {
    const projected = dense(g, x, projection, config);
    return config.qk_norm === null ? projected : headNorm(g.at(norm), projected, config);
  };
  return {
    query: () => normed(names.query, names.queryNorm),
    key: normed(names.key, names.keyNorm),
    value: dense(g, x, names.value, config),
  };
}

/** The norm of each head's part of x [batch, tokens, width] (arXiv 2302.05442 with a root mean square). */
function headNorm(g: GraphBuilder, x: Value, config: Sd3TransformerConfig): Value {
  const { num_attention_heads: heads, attention_head_dim: size } = config;
  const normed = rmsNorm(g, reshape(g, x, [0, 0, heads, size]), size, epsilon);
  return reshape(g, normed, shapeOf(g, x));
}

/** A linear of the width over x [batch, tokens, width]. */
function dense(g: GraphBuilder, x: Value, name: string, { width }: Sd3TransformerConfig): Value {
  const rows = linear(g.at(name), reshape(g, x, [-1, width]), width, width);
  return reshape(g, rows, shapeOf(g, x));
}
