import type { Dims } from "@kindred/core";
import {
  add,
  attention,
  embedding,
  geluTanh,
  graph,
  linear,
  mul,
  relativeBias,
  reshape,
  rmsNorm,
  shapeOf,
} from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, LinearOptions, Value, Weights } from "@kindred/core/onnx";
import type { T5EncoderConfig } from "./t5-encoder-config.ts";

/**
 * T5's encoder (arXiv 1910.10683) in version 1.1, equal to transformers' T5EncoderModel without an attention mask. Input
 * `input_ids` int64 [batch, sequence]. Output `last_hidden_state` float32 [batch, sequence, d_model].
 * `name` is the graph's.
 */
export function t5Encoder(
  config: T5EncoderConfig,
  weights: Weights,
  name = "text_encoder_3",
): BuiltGraph {
  const { d_model: width, layer_norm_epsilon: epsilon } = config;
  const g = graph(name, weights);
  const encoder = g.at("encoder");
  const ids = g.input("input_ids", "int64", ["batch", "sequence"]);
  const own = encoder.has("embed_tokens.weight");
  const tokens = own ? encoder.at("embed_tokens") : g.at("shared");
  const embedded = embedding(tokens, ids, config.vocab_size, width);
  const shape = shapeOf(g, embedded);
  const bias = relativeBias(
    encoder.at("block.0.layer.0.SelfAttention.relative_attention_bias"),
    ids,
    {
      heads: config.num_heads,
      buckets: config.relative_attention_num_buckets,
      maxDistance: config.relative_attention_max_distance,
    },
  );

  let x = reshape(g, embedded, [-1, width]);
  for (let i = 0; i < config.num_layers; i++) {
    const block = encoder.at(`block.${i}`);
    x = add(g, x, selfAttention(block.at("layer.0"), x, { shape, bias, config }));
    x = add(g, x, feedForward(block.at("layer.1"), x, config));
  }
  const normed = rmsNorm(encoder.at("final_layer_norm"), x, width, epsilon);
  g.output("last_hidden_state", reshape(g, normed, shape));
  return g.build({ workspace: workspace(config) });
}

interface Shared {
  /** [batch, sequence, d_model], int64 [3]. */
  readonly shape: Value;
  /** [1, heads, sequence, sequence] */
  readonly bias: Value;
  readonly config: T5EncoderConfig;
}

/** Over x [batch · sequence, d_model]. Scores are not scaled by the width of a head: the weights are. */
function selfAttention(g: GraphBuilder, x: Value, { shape, bias, config }: Shared): Value {
  const { d_model: width, d_kv, num_heads: heads, layer_norm_epsilon: epsilon } = config;
  const inner = heads * d_kv;
  const own = g.at("SelfAttention");
  const normed = rmsNorm(g.at("layer_norm"), x, width, epsilon);
  const rows = g.node("Slice", [shape, g.int64([0]), g.int64([2])]);
  const perHead = g.node("Concat", [rows, g.int64([inner])], { axis: 0 });
  const project = (name: string, options?: LinearOptions) =>
    reshape(g, linear(own.at(name), normed, width, inner, { bias: false, ...options }), perHead);
  const mixed = attention(g, {
    query: project("q", { together: "scores" }),
    key: project("k", { together: "scores" }),
    value: project("v"),
    heads,
    bias,
    scale: 1,
  });
  return linear(own.at("o"), reshape(g, mixed, [-1, inner]), inner, width, { bias: false });
}

/** GEGLU (arXiv 2002.05202). */
function feedForward(g: GraphBuilder, x: Value, config: T5EncoderConfig): Value {
  const { d_model: width, d_ff: inner, layer_norm_epsilon: epsilon } = config;
  const own = g.at("DenseReluDense");
  const normed = rmsNorm(g.at("layer_norm"), x, width, epsilon);
  const project = (name: string) =>
    linear(own.at(name), normed, width, inner, { bias: false, together: "gated" });
  const gated = mul(g, geluTanh(g, project("wi_0")), project("wi_1"));
  return linear(own.at("wo"), gated, inner, width, { bias: false });
}

/** Bytes of activations. Scores and the bias of positions are [heads, sequence, sequence]. */
function workspace(config: T5EncoderConfig): (dims: Dims) => number {
  const { d_model, d_ff, d_kv, num_heads } = config;
  return ({ input_ids = [] }) => {
    const [batch = 1, sequence = 0] = input_ids;
    const layer = 4 * d_model + 4 * num_heads * d_kv + 3 * d_ff + 3 * num_heads * sequence;
    return 4 * batch * sequence * layer;
  };
}
