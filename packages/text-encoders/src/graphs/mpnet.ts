import { relativeBias } from "@kindred/core/onnx";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { bertNames } from "./encoder-layer.ts";
import type { LayerNames } from "./encoder-layer.ts";
import { encoderGraph } from "./encoder.ts";
import type { Encoder, EncoderConfig } from "./encoder.ts";
import type { Head } from "./head.ts";
import { positionsBehind } from "./positions.ts";

/** MPNet's sizes and settings, under the names that `config.json` gives them. */
export interface MpnetConfig extends EncoderConfig {
  readonly max_position_embeddings: number;
}

/** The padding's id, from behind which places are counted. transformers' MPNet has it in its code, whatever its config says. */
export const mpnetPadding = 1;

const names: LayerNames = {
  ...bertNames,
  query: "attention.attn.q",
  key: "attention.attn.k",
  value: "attention.attn.v",
  attended: "attention.attn.o",
  attendedNorm: "attention.LayerNorm",
};

/**
 * MPNet's encoder (Song et al. 2020, arXiv:2004.09297): BERT's layers without types of tokens, whose attention knows how far tokens
 * are apart, by one table for all layers.
 */
export function mpnetGraph(config: MpnetConfig, weights: Weights, head: Head): BuiltGraph {
  const mpnet: Encoder = {
    name: "mpnet",
    config,
    names,
    embeddings: (g, ids) => [positionsBehind(g, ids, mpnetPadding, config)],
    bias: (g, ids) =>
      relativeBias(g.at("encoder.relative_attention_bias"), ids, {
        heads: config.num_attention_heads,
        buckets: 32,
        maxDistance: 128,
      }),
  };
  return encoderGraph(mpnet, weights, head);
}
