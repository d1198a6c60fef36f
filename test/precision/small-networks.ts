import { bert, qwen3 } from "@kindred/text-encoders";
import type { Head } from "@kindred/text-encoders";
import { t5EncoderConfig } from "../../packages/plugin-diffusion/src/graphs/t5-encoder-config.ts";
import { t5Encoder } from "../../packages/plugin-diffusion/src/graphs/t5-encoder.ts";
import type { Build } from "./int8-cosines.ts";
import type { Scaling } from "./scaled-weights.ts";

export interface SmallNetwork {
  readonly build: Build;
  /** The norms whose output matrices are multiplied with. */
  readonly norms: RegExp;
  /** Those matrices. */
  readonly matrices: RegExp;
  /** The table of tokens' first states. */
  readonly embeddings: RegExp;
  /** What trained weights have and synthetic ones lack. */
  readonly scalings: readonly Scaling[];
}

const [width, layers, heads] = [256, 4, 4];

const encoder = {
  hidden_size: width,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  vocab_size: 1000,
  max_position_embeddings: 64,
};
const bertConfig = {
  ...encoder,
  intermediate_size: 4 * width,
  hidden_act: "gelu",
  layer_norm_eps: 1e-12,
  type_vocab_size: 2,
};
const qwen3Config = {
  ...encoder,
  intermediate_size: 2 * width,
  num_key_value_heads: heads / 2,
  head_dim: 64,
};
const t5Config = t5EncoderConfig({
  d_model: width,
  num_layers: layers,
  num_heads: heads,
  vocab_size: encoder.vocab_size,
  d_ff: 2 * width,
  feed_forward_proj: "gated-gelu",
});

const states: Head = (g, last) => void g.output("states", last.states);

/** Two with norms of the mean and the spread or of the root mean square, and T5. None of their last norms is among `norms`: its channels would be most of a vector. */
export const smallNetworks: Readonly<Record<"BERT" | "Qwen3" | "T5", SmallNetwork>> = {
  BERT: {
    build: (weights) => bert.graph(bertConfig, weights, states),
    norms: /(embeddings|attention\.output|[012]\.output)\.LayerNorm\.weight$/,
    matrices: /(query|key|value|intermediate\.dense)\.weight$/,
    embeddings: /word_embeddings\.weight$/,
    scalings: [],
  },
  Qwen3: {
    build: (weights) => qwen3.graph(qwen3Config, weights, states),
    norms: /layernorm\.weight$/,
    matrices: /(q_proj|k_proj|v_proj|gate_proj|up_proj)\.weight$/,
    embeddings: /embed_tokens\.weight$/,
    scalings: [],
  },
  T5: {
    build: (weights) => t5Encoder(t5Config, weights),
    norms: /block.*layer_norm\.weight$/,
    matrices: /\.(q|k|v|wi_0|wi_1)\.weight$/,
    embeddings: /shared\.weight$/,
    // T5 does not divide its scores by the root of a head's width: trained queries are that much smaller.
    scalings: [{ weights: /SelfAttention\.q\.weight$/, by: () => 1 / Math.sqrt(t5Config.d_kv) }],
  },
};
