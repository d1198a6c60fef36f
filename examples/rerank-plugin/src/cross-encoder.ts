import {
  add,
  attention,
  cast,
  concat,
  embedding,
  gelu,
  graph,
  layerNorm,
  linear,
  reshape,
  shapeOf,
  skipLayerNorm,
} from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";

/** `config.json`, as far as the graph needs it. */
export interface CrossEncoderConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly max_position_embeddings: number;
  readonly type_vocab_size: number;
  readonly layer_norm_eps: number;
}

/**
 * BERT (arXiv:1810.04805) over pairs of texts, with a score for each pair: `input_ids`, `token_type_ids` and `attention_mask`,
 * int64 [batch, sequence], to `logits` [batch, 1].
 */
export function crossEncoder(config: CrossEncoderConfig, weights: Weights): BuiltGraph {
  const { hidden_size: width, num_hidden_layers: layers } = config;
  const g = graph("cross-encoder", weights);
  const [ids, types, mask] = ["input_ids", "token_type_ids", "attention_mask"].map((name) =>
    g.input(name, "int64", ["batch", "sequence"]),
  ) as [Value, Value, Value];
  const shape = concat(g, [shapeOf(g, ids), g.int64([width])], 0);
  const attended = cast(g, mask, "int32");
  let x = embeddings(g.at("bert.embeddings"), ids, types, config);
  for (let i = 0; i < layers; i++) {
    x = layer(g.at(`bert.encoder.layer.${i}`), x, { shape, mask: attended, config });
  }
  const first = g.node("Gather", [reshape(g, x, shape), g.int64([0], [])], { axis: 1 });
  const pooled = g.node("Tanh", [linear(g.at("bert.pooler.dense"), first, width, width)]);
  return g.output("logits", linear(g.at("classifier"), pooled, width, 1)).build({
    workspace: ({ input_ids: [rows = 0, length = 0] = [] }) =>
      4 * rows * length * (8 * width + 2 * config.intermediate_size),
  });
}

/** The first states, [batch · sequence, hidden]. */
function embeddings(g: GraphBuilder, ids: Value, types: Value, config: CrossEncoderConfig): Value {
  const { hidden_size: width, max_position_embeddings: count } = config;
  const words = embedding(g.at("word_embeddings"), ids, config.vocab_size, width);
  const kinds = embedding(g.at("token_type_embeddings"), types, config.type_vocab_size, width);
  const length = g.node("Gather", [shapeOf(g, ids), g.int64([1])]);
  const table = g.weight("position_embeddings.weight", [count, width]);
  const positions = g.node("Slice", [table, g.int64([0]), length]);
  const x = reshape(g, add(g, add(g, words, kinds), positions), [-1, width]);
  return layerNorm(g.at("LayerNorm"), x, width, config.layer_norm_eps);
}

interface Layer {
  /** [batch, sequence, hidden] */
  readonly shape: Value;
  readonly mask: Value;
  readonly config: CrossEncoderConfig;
}

function layer(g: GraphBuilder, x: Value, { shape, mask, config }: Layer): Value {
  const { hidden_size: width, intermediate_size: inner, num_attention_heads: heads } = config;
  const norm = { width, epsilon: config.layer_norm_eps };
  const [query, key, value] = ["query", "key", "value"].map((name) =>
    reshape(g, linear(g.at(`attention.self.${name}`), x, width, width), shape),
  ) as [Value, Value, Value];
  const context = reshape(g, attention(g, { query, key, value, heads, mask }), [-1, width]);
  const a = linear(g.at("attention.output.dense"), context, width, width);
  const y = skipLayerNorm(g.at("attention.output.LayerNorm"), a, x, norm);
  const h = gelu(g, linear(g.at("intermediate.dense"), y, width, inner));
  return skipLayerNorm(
    g.at("output.LayerNorm"),
    linear(g.at("output.dense"), h, inner, width),
    y,
    norm,
  );
}
