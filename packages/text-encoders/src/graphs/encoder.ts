import type { Dims } from "@kindred/core";
import {
  add,
  attention,
  cast,
  concat,
  embedding,
  graph,
  layerNorm,
  padding,
  paddedAttention,
  reshape,
  shapeOf,
} from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import { bertWeights } from "./bert-weights.ts";
import { bertNames, encoderLayer } from "./encoder-layer.ts";
import type { Layer, LayerConfig, LayerNames } from "./encoder-layer.ts";
import type { Head } from "./head.ts";

/** An encoder's sizes and settings, under the names that `config.json` gives them. */
export interface EncoderConfig extends LayerConfig {
  readonly vocab_size: number;
  readonly num_hidden_layers: number;
}

/** A network of BERT's layers, by what tells it from others. */
export interface Encoder {
  /** The graph's: "bert". */
  readonly name: string;
  readonly config: EncoderConfig;
  /**
   * What is added to the words of `ids`, int64 [batch, sequence], before the first norm: states of places, of types. Each is float32
   * and broadcasts to [batch, sequence, hidden]. `g` names the weights of "embeddings".
   */
  embeddings(g: GraphBuilder, ids: Value): readonly Value[];
  /** What is added to the scores of attention in all layers, float32 [1, heads, sequence, sequence]. Default: nothing. */
  bias?(g: GraphBuilder, ids: Value): Value;
  /** Whether texts are too long for the scores of all pairs of tokens to be held. Then it has no bias. Default false. */
  readonly isLong?: boolean;
  /** Where its layers are, by their numbers. Default: "encoder.layer". */
  readonly layers?: string;
  /** Default: BERT's. */
  readonly names?: LayerNames;
}

/**
 * The graph of an encoder: `input_ids` and `attention_mask`, int64 [batch, sequence], and inputs that its embeddings declare, to
 * what `head` makes of its last states.
 */
export function encoderGraph(encoder: Encoder, weights: Weights, head: Head): BuiltGraph {
  const { config, layers = "encoder.layer", names = bertNames } = encoder;
  const { hidden_size: width } = config;
  const g = graph(encoder.name, bertWeights(weights));
  const ids = g.input("input_ids", "int64", ["batch", "sequence"]);
  const mask = g.input("attention_mask", "int64", ["batch", "sequence"]);
  const shape = concat(g, [shapeOf(g, ids), g.int64([width])], 0);
  const layer: Layer = { config, names, shape, attend: attending(g, encoder, { ids, mask }) };
  let x = firstStates(g.at("embeddings"), ids, encoder);
  for (let i = 0; i < config.num_hidden_layers; i++) {
    x = encoderLayer(g.at(`${layers}.${i}`), x, { ...layer, exactOuter: i === 0 });
  }
  head(g, { states: reshape(g, x, shape), mask });
  return g.build({ workspace: workspace(encoder) });
}

/** The attention of all layers. */
function attending(g: GraphBuilder, encoder: Encoder, { ids, mask }: Tokens): Layer["attend"] {
  const { hidden_size: width, num_attention_heads: heads } = encoder.config;
  if (encoder.isLong) {
    const shared = { heads, size: width / heads, padding: padding(g, mask, heads) };
    return (scope, projected) => paddedAttention(scope, { ...projected, ...shared });
  }
  const bias = encoder.bias?.(g, ids);
  const shared = { heads, mask: cast(g, mask, "int32"), ...(bias && { bias }) };
  return (scope, projected) => attention(scope, { ...projected, ...shared });
}

/** int64 [batch, sequence] each. */
interface Tokens {
  readonly ids: Value;
  readonly mask: Value;
}

/** Bytes of activations. A bias is [heads, sequence, sequence]; hidden padding is eight numbers of a head, in two tensors and what they join. */
function workspace({ config, bias, isLong }: Encoder): (dims: Dims) => number {
  const { hidden_size: width, intermediate_size: inner, num_attention_heads: heads } = config;
  const perToken = 8 * width + 2 * inner + (isLong ? 32 * heads : 0);
  const biases = bias ? heads : 0;
  return ({ input_ids: [rows = 0, length = 0] = [] }) =>
    4 * (rows * length * perToken + biases * length * length);
}

/** [batch · sequence, hidden] */
function firstStates(g: GraphBuilder, ids: Value, { config, embeddings }: Encoder): Value {
  const { hidden_size: width, layer_norm_eps: epsilon } = config;
  const words = embedding(g.at("word_embeddings"), ids, config.vocab_size, width);
  const sum = embeddings(g, ids).reduce((x, each) => add(g, x, each), words);
  return layerNorm(g.at("LayerNorm"), reshape(g, sum, [-1, width]), width, epsilon);
}
