import {
  add,
  causalAttention,
  embedding,
  graph,
  linear,
  reshape,
  rmsNorm,
  rotate,
  rotation,
} from "@kindred/core/onnx";
import type {
  BuildOptions,
  BuiltGraph,
  GraphBuilder,
  LinearOptions,
  Rotation,
  Value,
  Weights,
} from "@kindred/core/onnx";
import { encoderWeights } from "./encoder-weights.ts";
import { gatedFeedForward } from "./gated-feed-forward.ts";
import type { Head } from "./head.ts";
import { tokenInputs } from "./token-inputs.ts";
import type { TokenInputs } from "./token-inputs.ts";

/** Qwen3's sizes and settings, under the names that `config.json` gives them. */
export interface Qwen3Config {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  /** Divides `num_attention_heads`. */
  readonly num_key_value_heads: number;
  /** Even. It need not be `hidden_size` divided by the heads. */
  readonly head_dim: number;
  readonly intermediate_size: number;
  readonly hidden_act: string;
  readonly attention_bias: boolean;
  readonly rms_norm_eps: number;
  /** The base of the rotary positions. */
  readonly rope_theta: number;
}

/**
 * Qwen3's decoder without its head for words (Yang et al. 2025, arXiv:2505.09388), as `Qwen3Model` of transformers has it: `input_ids`
 * and `attention_mask`, int64 [batch, sequence], to what `head` makes of its last states. A token sees those before it alone, so padding
 * behind a text changes nothing, and only a text's last token has seen all of it.
 */
export function qwen3Graph(config: Qwen3Config, weights: Weights, head: Head): BuiltGraph {
  const { hidden_size: width, head_dim: size, rms_norm_eps: epsilon } = config;
  const g = graph("qwen3", encoderWeights(weights, names));
  const tokens = tokenInputs(g);
  const batch: Batch = {
    tokens,
    rotation: rotation(g, tokens.length, { size, theta: config.rope_theta }),
  };
  const words = embedding(g.at("embed_tokens"), tokens.ids, config.vocab_size, width);
  const feedForward = {
    width,
    inner: config.intermediate_size,
    activation: config.hidden_act,
    names: { gate: "gate_proj", up: "up_proj", down: "down_proj" },
  };
  let x = reshape(g, words, [-1, width]);
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const scope = g.at(`layers.${i}`);
    const before = rmsNorm(scope.at("input_layernorm"), x, width, epsilon);
    x = add(g, x, selfAttention(scope.at("self_attn"), before, batch, config));
    const between = rmsNorm(scope.at("post_attention_layernorm"), x, width, epsilon);
    x = add(g, x, gatedFeedForward(scope.at("mlp"), between, feedForward));
  }
  const states = reshape(g, rmsNorm(g.at("norm"), x, width, epsilon), tokens.shape);
  head(g, { states, mask: tokens.mask });
  return g.build({ workspace: workspaceOf(config) });
}

const names = {
  rename: (stored: string): string => stored.replace(/^model\./, ""),
  beside: /^lm_head\./,
};

/** The texts of a run, and what all layers share. */
interface Batch {
  readonly tokens: TokenInputs;
  readonly rotation: Rotation;
}

function selfAttention(g: GraphBuilder, x: Value, batch: Batch, config: Qwen3Config): Value {
  const { hidden_size: width, head_dim: size, attention_bias: bias } = config;
  const { num_attention_heads: heads, num_key_value_heads: keyHeads } = config;
  const projected = (name: string, count: number, options?: LinearOptions): Value =>
    linear(g.at(name), x, width, count * size, { bias, ...options });
  const scores = { together: "scores" };
  const turned = (name: string, count: number): Value => {
    const perHead = reshape(g, projected(`${name}_proj`, count, scores), [-1, size]);
    const normal = rmsNorm(g.at(`${name}_norm`), perHead, size, config.rms_norm_eps);
    return rotate(g, reshape(g, normal, batch.tokens.shape), batch.rotation);
  };
  const attended = causalAttention(g, {
    query: turned("q", heads),
    key: turned("k", keyHeads),
    value: reshape(g, projected("v_proj", keyHeads), batch.tokens.shape),
    heads,
    keyHeads,
  });
  const flat = reshape(g, attended, [-1, heads * size]);
  return linear(g.at("o_proj"), flat, heads * size, width, { bias });
}

/** The states of a layer at its dearest: queries, keys and values as they are turned and laid out anew, or the gated unit. */
function workspaceOf({
  hidden_size: width,
  intermediate_size: inner,
  num_attention_heads: heads,
  num_key_value_heads: keyHeads,
  head_dim: size,
}: Qwen3Config): NonNullable<BuildOptions["workspace"]> {
  const attended = 3 * width + (5 * heads + 7 * keyHeads) * size;
  const perToken = Math.max(attended, 4 * width + 4 * inner);
  return ({ input_ids: [rows = 0, length = 0] = [] }) => 4 * rows * length * perToken;
}
