import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import type { LayerNames } from "./encoder-layer.ts";
import { encoderGraph } from "./encoder.ts";
import type { Encoder } from "./encoder.ts";
import type { Head } from "./head.ts";
import { positions } from "./positions.ts";

/** DistilBERT's sizes and settings, under the names that `config.json` gives them. */
export interface DistilbertConfig {
  readonly vocab_size: number;
  readonly dim: number;
  readonly n_layers: number;
  /** Divides `dim`. */
  readonly n_heads: number;
  readonly hidden_dim: number;
  readonly activation: string;
  readonly max_position_embeddings: number;
}

const names: LayerNames = {
  query: "attention.q_lin",
  key: "attention.k_lin",
  value: "attention.v_lin",
  attended: "attention.out_lin",
  attendedNorm: "sa_layer_norm",
  inner: "ffn.lin1",
  outer: "ffn.lin2",
  outerNorm: "output_layer_norm",
};

/** DistilBERT's encoder (Sanh et al. 2019, arXiv:1910.01108): BERT's layers under other names, without types of tokens. */
export function distilbertGraph(
  distilled: DistilbertConfig,
  weights: Weights,
  head: Head,
): BuiltGraph {
  const config = {
    vocab_size: distilled.vocab_size,
    hidden_size: distilled.dim,
    num_hidden_layers: distilled.n_layers,
    num_attention_heads: distilled.n_heads,
    intermediate_size: distilled.hidden_dim,
    hidden_act: distilled.activation,
    max_position_embeddings: distilled.max_position_embeddings,
    layer_norm_eps: 1e-12,
  };
  const distilbert: Encoder = {
    name: "distilbert",
    config,
    layers: "transformer.layer",
    names,
    embeddings: (g, ids) => [positions(g, ids, config)],
  };
  return encoderGraph(distilbert, weights, head);
}
