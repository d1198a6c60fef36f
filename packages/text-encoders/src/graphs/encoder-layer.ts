import { attention, linear, reshape, skipLayerNorm } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import { activation } from "./activation.ts";

/** The sizes and settings that all layers of an encoder share, under the names that `config.json` gives them. */
export interface LayerConfig {
  readonly hidden_size: number;
  /** Divides `hidden_size`. */
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly hidden_act: string;
  readonly layer_norm_eps: number;
}

/** What all layers of a run share. */
export interface Batch {
  /** The dims [batch, sequence, hidden], for steps in which tokens know their text. */
  readonly shape: Value;
  /** int32 [batch, sequence], 1 for tokens and 0 for padding. */
  readonly mask: Value;
}

/**
 * One layer of BERT's encoder (Devlin et al. 2018, arXiv:1810.04805): attention, then a feed-forward network, each followed by the
 * norm of its sum with its input. x is [batch · sequence, hidden].
 */
export function encoderLayer(g: GraphBuilder, x: Value, batch: Batch, config: LayerConfig): Value {
  const { hidden_size: width, intermediate_size: inner, layer_norm_eps: epsilon } = config;
  const a = selfAttention(g.at("attention.self"), x, batch, config);
  const attended = linear(g.at("attention.output.dense"), a, width, width);
  const y = skipLayerNorm(g.at("attention.output.LayerNorm"), attended, x, { width, epsilon });
  const h = activation(g, config.hidden_act, linear(g.at("intermediate.dense"), y, width, inner));
  const z = linear(g.at("output.dense"), h, inner, width);
  return skipLayerNorm(g.at("output.LayerNorm"), z, y, { width, epsilon });
}

function selfAttention(g: GraphBuilder, x: Value, batch: Batch, config: LayerConfig): Value {
  const { hidden_size: width, num_attention_heads: heads } = config;
  const project = (name: string): Value =>
    reshape(g, linear(g.at(name), x, width, width), batch.shape);
  const query = project("query");
  const key = project("key");
  const value = project("value");
  return reshape(g, attention(g, { query, key, value, heads, mask: batch.mask }), [-1, width]);
}
