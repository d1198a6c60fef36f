import {
  add,
  embedding,
  graph,
  layerNorm,
  linear,
  mul,
  padding,
  paddedAttention,
  reshape,
  rotate,
  rotation,
  split,
  windowAttention,
  windows,
} from "@kindred/core/onnx";
import type {
  BuildOptions,
  BuiltGraph,
  GraphBuilder,
  Padding,
  Rotation,
  Value,
  Weights,
  Windows,
} from "@kindred/core/onnx";
import { activation } from "./activation.ts";
import { encoderWeights } from "./encoder-weights.ts";
import type { Head } from "./head.ts";
import { tokenInputs } from "./token-inputs.ts";
import type { TokenInputs } from "./token-inputs.ts";

/** The tokens that a layer's tokens see: all, or their neighbours. The names are those of `layer_types`. */
export type ModernBertLayer = "full_attention" | "sliding_attention";

/** ModernBERT's sizes and settings, under the names that `config.json` gives them. */
export interface ModernBertConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  /** Divides `hidden_size` into even parts. */
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly hidden_activation: string;
  readonly norm_eps: number;
  readonly norm_bias: boolean;
  readonly attention_bias: boolean;
  readonly mlp_bias: boolean;
  /** One for each layer. */
  readonly layer_types: readonly ModernBertLayer[];
  /** The base of the rotary positions in layers of each kind. */
  readonly rope_theta: Readonly<Record<ModernBertLayer, number>>;
  /** Tokens that a neighbourhood spans: half of them on each side. */
  readonly local_attention: number;
}

/**
 * ModernBERT's encoder (Warner et al. 2024, arXiv:2412.13663), as `ModernBertModel` of transformers has it: `input_ids` and
 * `attention_mask`, int64 [batch, sequence], to what `head` makes of its last states.
 */
export function modernBertGraph(
  config: ModernBertConfig,
  weights: Weights,
  head: Head,
): BuiltGraph {
  const { hidden_size: width, num_attention_heads: heads, rope_theta: theta } = config;
  const g = graph("modernbert", encoderWeights(weights, names));
  const tokens = tokenInputs(g);
  const turns = (kind: ModernBertLayer): Rotation =>
    rotation(g, tokens.length, { size: width / heads, theta: theta[kind] });
  const batch: Batch = {
    tokens,
    full: { rotation: turns("full_attention"), padding: padding(g, tokens.mask, heads) },
    sliding: {
      rotation: turns("sliding_attention"),
      windows: windows(g, tokens.mask, Math.floor(config.local_attention / 2)),
    },
  };
  const words = embedding(g.at("embeddings.tok_embeddings"), tokens.ids, config.vocab_size, width);
  let x = norm(g.at("embeddings.norm"), reshape(g, words, [-1, width]), config);
  for (const [i, kind] of config.layer_types.entries()) {
    const scope = g.at(`layers.${i}`);
    // The embeddings are normalised already.
    const normal = i === 0 ? x : norm(scope.at("attn_norm"), x, config);
    x = add(g, x, selfAttention(scope.at("attn"), normal, { batch, kind, config }));
    x = add(g, x, feedForward(scope.at("mlp"), norm(scope.at("mlp_norm"), x, config), config));
  }
  const states = reshape(g, norm(g.at("final_norm"), x, config), tokens.shape);
  head(g, { states, mask: tokens.mask });
  return g.build({ workspace: workspaceOf(config) });
}

const names = {
  rename: (stored: string): string => stored.replace(/^model\./, ""),
  beside: /^(head|decoder|classifier)\./,
};

/** The texts of a run, and what the layers of each kind share. */
interface Batch {
  readonly tokens: TokenInputs;
  readonly full: { readonly rotation: Rotation; readonly padding: Padding };
  readonly sliding: { readonly rotation: Rotation; readonly windows: Windows };
}

interface Layer {
  readonly batch: Batch;
  readonly kind: ModernBertLayer;
  readonly config: ModernBertConfig;
}

function norm(g: GraphBuilder, x: Value, config: ModernBertConfig): Value {
  const { hidden_size: width, norm_eps: epsilon, norm_bias: bias } = config;
  return layerNorm(g, x, width, epsilon, { bias });
}

function selfAttention(g: GraphBuilder, x: Value, { batch, kind, config }: Layer): Value {
  const { hidden_size: width, num_attention_heads: heads, attention_bias: bias } = config;
  const { tokens, full, sliding } = batch;
  const joined = linear(g.at("Wqkv"), x, width, 3 * width, { bias });
  const [query, key, value] = split(g, reshape(g, joined, tokens.shape), 3, 2);
  const turned = (turn: Rotation) => ({
    query: rotate(g, query!, turn),
    key: rotate(g, key!, turn),
    value: value!,
    heads,
  });
  const attended =
    kind === "full_attention"
      ? paddedAttention(g, { ...turned(full.rotation), size: width / heads, padding: full.padding })
      : windowAttention(g, { ...turned(sliding.rotation), width, windows: sliding.windows });
  return linear(g.at("Wo"), reshape(g, attended, [-1, width]), width, width, { bias });
}

/** A gated linear unit (Shazeer 2020, arXiv:2002.05202), whose first half is activated. */
function feedForward(g: GraphBuilder, x: Value, config: ModernBertConfig): Value {
  const { hidden_size: width, intermediate_size: inner, mlp_bias: bias } = config;
  const joined = linear(g.at("Wi"), x, width, 2 * inner, { bias });
  const [input, gate] = split(g, joined, 2, 1);
  const gated = mul(g, activation(g, config.hidden_activation, input!), gate!);
  return linear(g.at("Wo"), gated, inner, width, { bias });
}

/** The states of a layer at its dearest: the neighbourhoods of keys and values with their scores, or the halves of the gated unit. */
function workspaceOf({
  hidden_size: width,
  intermediate_size: inner,
  num_attention_heads: heads,
  local_attention: block,
}: ModernBertConfig): NonNullable<BuildOptions["workspace"]> {
  return ({ input_ids: [rows = 0, length = 0] = [] }) => {
    const keys = Math.min(2 * block, length);
    const perToken = Math.max(18 * width + keys * (heads + 1), 4 * width + 6 * inner);
    return 4 * rows * length * perToken;
  };
}
