import {
  add,
  attention,
  cast,
  concat,
  embedding,
  graph,
  layerNorm,
  linear,
  reshape,
  shapeOf,
  skipLayerNorm,
} from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import { activation } from "./activation.ts";
import { bertWeights } from "./bert-weights.ts";
import type { Head } from "./head.ts";
import type { EncoderOptions } from "../architectures/architecture.ts";

/** BERT's sizes, under the names that `config.json` gives them. */
export interface BertSizes {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  /** Divides `hidden_size`. */
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly max_position_embeddings: number;
  readonly type_vocab_size: number;
  readonly layer_norm_eps: number;
}

/** BERT's sizes and settings. */
export interface BertConfig extends BertSizes {
  readonly hidden_act: string;
}

/**
 * BERT's encoder (Devlin et al. 2018, arXiv:1810.04805): `input_ids` and `attention_mask`, int64 [batch, sequence], for pairs
 * also `token_type_ids`, to what `head` makes of its last states.
 */
export function bertGraph(
  config: BertConfig,
  weights: Weights,
  head: Head,
  { pairs = false }: EncoderOptions = {},
): BuiltGraph {
  const g = graph("bert", bertWeights(weights));
  const ids = g.input("input_ids", "int64", ["batch", "sequence"]);
  const types = pairs ? g.input("token_type_ids", "int64", ["batch", "sequence"]) : undefined;
  const mask = g.input("attention_mask", "int64", ["batch", "sequence"]);
  const batch: Batch = {
    shape: concat(g, [shapeOf(g, ids), g.int64([config.hidden_size])], 0),
    mask: cast(g, mask, "int32"),
  };
  let x = embeddings(g.at("embeddings"), { ids, types }, config);
  for (let i = 0; i < config.num_hidden_layers; i++) {
    x = layer(g.at(`encoder.layer.${i}`), x, batch, config);
  }
  head(g, { states: reshape(g, x, batch.shape), mask });
  return g.build({
    workspace: ({ input_ids: [rows = 0, length = 0] = [] }) =>
      4 * rows * length * (8 * config.hidden_size + 2 * config.intermediate_size),
  });
}

/** int64 [batch, sequence] each. */
interface Tokens {
  readonly ids: Value;
  /** 1 for the tokens of a pair's second text, 0 for others. Default: all tokens are of the first type. */
  readonly types: Value | undefined;
}

interface Batch {
  /** The dims [batch, sequence, hidden], for steps in which tokens know their text. */
  readonly shape: Value;
  /** int32 [batch, sequence], 1 for tokens and 0 for padding. */
  readonly mask: Value;
}

/** The first states, [batch · sequence, hidden]. */
function embeddings(g: GraphBuilder, { ids, types }: Tokens, config: BertConfig): Value {
  const { hidden_size: width, layer_norm_eps: epsilon } = config;
  const words = embedding(g.at("word_embeddings"), ids, config.vocab_size, width);
  const kinds = g.weight("token_type_embeddings.weight", [config.type_vocab_size, width]);
  const type = g.node("Gather", [kinds, types ?? g.int64([0], [])]);
  const x = add(g, add(g, words, type), positions(g, ids, config));
  return layerNorm(g.at("LayerNorm"), reshape(g, x, [-1, width]), width, epsilon);
}

/** The first rows of the table of positions, as many as the sequence has tokens. */
function positions(g: GraphBuilder, ids: Value, config: BertConfig): Value {
  const { max_position_embeddings: count, hidden_size: width } = config;
  const table = g.weight("position_embeddings.weight", [count, width]);
  const length = g.node("Gather", [shapeOf(g, ids), g.int64([1])]);
  return g.node("Slice", [table, g.int64([0]), length]);
}

function layer(g: GraphBuilder, x: Value, batch: Batch, config: BertConfig): Value {
  const { hidden_size: width, intermediate_size: inner, layer_norm_eps: epsilon } = config;
  const a = selfAttention(g.at("attention.self"), x, batch, config);
  const attended = linear(g.at("attention.output.dense"), a, width, width);
  const y = skipLayerNorm(g.at("attention.output.LayerNorm"), attended, x, { width, epsilon });
  const h = activation(g, config.hidden_act, linear(g.at("intermediate.dense"), y, width, inner));
  const z = linear(g.at("output.dense"), h, inner, width);
  return skipLayerNorm(g.at("output.LayerNorm"), z, y, { width, epsilon });
}

function selfAttention(g: GraphBuilder, x: Value, batch: Batch, config: BertConfig): Value {
  const { hidden_size: width, num_attention_heads: heads } = config;
  const project = (name: string): Value =>
    reshape(g, linear(g.at(name), x, width, width), batch.shape);
  const query = project("query");
  const key = project("key");
  const value = project("value");
  return reshape(g, attention(g, { query, key, value, heads, mask: batch.mask }), [-1, width]);
}
