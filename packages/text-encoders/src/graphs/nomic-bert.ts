import {
  add,
  embedding,
  graph,
  layerNorm,
  linear,
  padding,
  paddedAttention,
  reshape,
  rotate,
  rotation,
  skipLayerNorm,
  split,
} from "@kindred/core/onnx";
import type {
  BuiltGraph,
  GraphBuilder,
  Padding,
  Rotation,
  Value,
  Weights,
} from "@kindred/core/onnx";
import { encoderWeights } from "./encoder-weights.ts";
import { gatedFeedForward } from "./gated-feed-forward.ts";
import type { Head } from "./head.ts";
import { tokenInputs } from "./token-inputs.ts";
import type { TokenInputs } from "./token-inputs.ts";
import type { EncoderOptions } from "../architectures/architecture.ts";

/** nomic-bert's sizes and settings, under the names that transformers gives them. */
export interface NomicBertConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  /** Divides `hidden_size` into even parts. */
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly hidden_act: string;
  readonly type_vocab_size: number;
  readonly layer_norm_eps: number;
  /** The base of the rotary positions. */
  readonly rope_theta: number;
}

/**
 * nomic-bert's encoder (Nussbaum et al. 2024, arXiv:2402.01613), as `NomicBertModel` of transformers has it: `input_ids` and
 * `attention_mask`, int64 [batch, sequence], for pairs also `token_type_ids`, to what `head` makes of its last states. Weights have the
 * names that its author published them under.
 */
export function nomicBertGraph(
  config: NomicBertConfig,
  weights: Weights,
  head: Head,
  { pairs = false }: EncoderOptions = {},
): BuiltGraph {
  const { hidden_size: width, num_attention_heads: heads } = config;
  const g = graph("nomic_bert", encoderWeights(weights, names));
  const tokens = tokenInputs(g);
  const types = pairs ? g.input("token_type_ids", "int64", ["batch", "sequence"]) : undefined;
  const batch: Batch = {
    tokens,
    rotation: rotation(g, tokens.length, { size: width / heads, theta: config.rope_theta }),
    padding: padding(g, tokens.mask, heads),
  };
  const words = embedding(g.at("embeddings.word_embeddings"), tokens.ids, config.vocab_size, width);
  const kinds = g.weight("embeddings.token_type_embeddings.weight", [
    config.type_vocab_size,
    width,
  ]);
  const type = g.node("Gather", [kinds, types ?? g.int64([0], [])]);
  const first = reshape(g, add(g, words, type), [-1, width]);
  let x = layerNorm(g.at("emb_ln"), first, width, config.layer_norm_eps);
  for (let i = 0; i < config.num_hidden_layers; i++) {
    x = layer(g.at(`encoder.layers.${i}`), x, batch, config);
  }
  head(g, { states: reshape(g, x, tokens.shape), mask: tokens.mask });
  return g.build({
    workspace: ({ input_ids: [rows = 0, count = 0] = [] }) =>
      4 * rows * count * Math.max(16 * width, 5 * width + 4 * config.intermediate_size),
  });
}

const names = {
  rename: (stored: string): string => stored.replace(/^(nomic_)?bert\./, ""),
  beside: /^(pooler|cls)\./,
};

/** The texts of a run, and what all layers share. */
interface Batch {
  readonly tokens: TokenInputs;
  readonly rotation: Rotation;
  readonly padding: Padding;
}

function layer(g: GraphBuilder, x: Value, batch: Batch, config: NomicBertConfig): Value {
  const { hidden_size: width, layer_norm_eps: epsilon } = config;
  const attended = selfAttention(g.at("attn"), x, batch, config);
  const y = skipLayerNorm(g.at("norm1"), attended, x, { width, epsilon });
  const z = gatedFeedForward(g.at("mlp"), y, {
    width,
    inner: config.intermediate_size,
    activation: config.hidden_act,
    names: { gate: "fc12", up: "fc11", down: "fc2" },
  });
  return skipLayerNorm(g.at("norm2"), z, y, { width, epsilon });
}

function selfAttention(g: GraphBuilder, x: Value, batch: Batch, config: NomicBertConfig): Value {
  const { hidden_size: width, num_attention_heads: heads } = config;
  const joined = linear(g.at("Wqkv"), x, width, 3 * width, { bias: false });
  const [query, key, value] = split(g, reshape(g, joined, batch.tokens.shape), 3, 2);
  const attended = paddedAttention(g, {
    query: rotate(g, query!, batch.rotation),
    key: rotate(g, key!, batch.rotation),
    value: value!,
    heads,
    size: width / heads,
    padding: batch.padding,
  });
  const flat = reshape(g, attended, [-1, width]);
  return linear(g.at("out_proj"), flat, width, width, { bias: false });
}
