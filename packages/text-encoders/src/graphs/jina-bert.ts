import type { Dims } from "@kindred/core";
import {
  add,
  cast,
  concat,
  embedding,
  gelu,
  graph,
  layerNorm,
  linear,
  mul,
  reshape,
  shapeOf,
  skipLayerNorm,
  split,
} from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import { alibi, tileOf } from "./alibi.ts";
import type { Alibi } from "./alibi.ts";
import { alibiAttention } from "./alibi-attention.ts";
import type { BertConfig } from "./bert.ts";
import { bertWeights } from "./bert-weights.ts";
import type { Head } from "./head.ts";
import { tokenTypes } from "./token-types.ts";
import type { EncoderOptions } from "../architectures/architecture.ts";

/**
 * JinaBERT's encoder (Günther et al. 2023, arXiv:2310.19923): BERT's, with a bias of attention by distance instead of positions and
 * with gated feed-forward layers. `input_ids` and `attention_mask`, int64 [batch, sequence], for pairs also `token_type_ids`, to
 * what `head` makes of its last states. A float16 checkpoint is computed in float32.
 */
export function jinaBertGraph(
  config: BertConfig,
  weights: Weights,
  head: Head,
  { pairs = false }: EncoderOptions = {},
): BuiltGraph {
  const g = graph("jina-bert", bertWeights(weights));
  const ids = g.input("input_ids", "int64", ["batch", "sequence"]);
  const types = pairs ? g.input("token_type_ids", "int64", ["batch", "sequence"]) : undefined;
  const mask = g.input("attention_mask", "int64", ["batch", "sequence"]);
  const batch: Batch = {
    shape: concat(g, [shapeOf(g, ids), g.int64([config.hidden_size])], 0),
    mask: cast(g, mask, "int32"),
    alibi: alibi(g, ids, config.num_attention_heads),
  };
  let x = embeddings(g.at("embeddings"), ids, types, config);
  for (let i = 0; i < config.num_hidden_layers; i++) {
    x = layer(g.at(`encoder.layer.${i}`), x, batch, config);
  }
  head(g, { states: reshape(g, x, batch.shape), mask });
  return g.build({ workspace: workspace(config) });
}

/** Bytes of activations at the dearest moment: in the attention of long texts, mostly, and in the feed-forward layers of others. */
function workspace(config: BertConfig): (dims: Dims) => number {
  const { hidden_size: width, intermediate_size: inner, num_attention_heads: heads } = config;
  return ({ input_ids: [rows = 0, length = 0] = [] }) => {
    const tokens = rows * length;
    const tile = tileOf(length);
    const bias = heads * tile * length;
    // Scores of each head, and for all heads the mask of each text, and distances.
    const scores = (rows * (heads + 1) + 2) * tile * length;
    const attention = 8 * width * tokens + scores + bias;
    const feedForward = (2 * width + 5 * inner) * tokens + (tile === length ? bias : 0);
    return 4 * Math.max(attention, feedForward);
  };
}

interface Batch {
  /** The dims [batch, sequence, hidden], for steps in which tokens know their text. */
  readonly shape: Value;
  /** int32 [batch, sequence], 1 for tokens and 0 for padding. */
  readonly mask: Value;
  readonly alibi: Alibi;
}

/** The first states, [batch · sequence, hidden]. `types` are int64 [batch, sequence]; default: all tokens are of the first. */
function embeddings(
  g: GraphBuilder,
  ids: Value,
  types: Value | undefined,
  config: BertConfig,
): Value {
  const { hidden_size: width, layer_norm_eps: epsilon } = config;
  const words = embedding(g.at("word_embeddings"), ids, config.vocab_size, width);
  const x = reshape(g, add(g, words, tokenTypes(g, config, types)), [-1, width]);
  return layerNorm(g.at("LayerNorm"), x, width, epsilon);
}

function layer(g: GraphBuilder, x: Value, batch: Batch, config: BertConfig): Value {
  const { hidden_size: width, layer_norm_eps: epsilon } = config;
  const a = selfAttention(g.at("attention.self"), x, batch, config);
  const attended = linear(g.at("attention.output.dense"), a, width, width);
  const y = skipLayerNorm(g.at("attention.output.LayerNorm"), attended, x, { width, epsilon });
  return feedForward(g.at("mlp"), y, config);
}

function selfAttention(g: GraphBuilder, x: Value, batch: Batch, config: BertConfig): Value {
  const { hidden_size: width, num_attention_heads: heads } = config;
  const project = (name: string): Value =>
    reshape(g, linear(g.at(name), x, width, width), batch.shape);
  const query = project("query");
  const key = project("key");
  const value = project("value");
  const { mask, alibi } = batch;
  return reshape(g, alibiAttention(g, { query, key, value, heads, mask, alibi }), [-1, width]);
}

/** A gated linear unit with gelu (Shazeer 2020, arXiv:2002.05202), and the norm of its sum with x. */
function feedForward(g: GraphBuilder, x: Value, config: BertConfig): Value {
  const { hidden_size: width, intermediate_size: inner, layer_norm_eps: epsilon } = config;
  const both = linear(g.at("gated_layers"), x, width, 2 * inner, { bias: false });
  const [gate, value] = split(g, both, 2, 1);
  const z = linear(g.at("wo"), mul(g, gelu(g, gate!), value!), inner, width);
  return skipLayerNorm(g.at("layernorm"), z, x, { width, epsilon });
}
