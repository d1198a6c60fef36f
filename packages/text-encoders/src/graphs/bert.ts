import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import type { EncoderOptions } from "../architectures/architecture.ts";
import { encoderGraph } from "./encoder.ts";
import type { Encoder, EncoderConfig } from "./encoder.ts";
import type { Head } from "./head.ts";
import { positions } from "./positions.ts";
import { tokenTypes } from "./token-types.ts";

/** BERT's sizes and settings, under the names that `config.json` gives them. */
export interface BertConfig extends EncoderConfig {
  readonly max_position_embeddings: number;
  readonly type_vocab_size: number;
}

/** BERT's encoder (Devlin et al. 2018, arXiv:1810.04805). For pairs it has the input `token_type_ids`, int64 [batch, sequence]. */
export function bertGraph(
  config: BertConfig,
  weights: Weights,
  head: Head,
  { pairs = false }: EncoderOptions = {},
): BuiltGraph {
  const bert: Encoder = {
    name: "bert",
    config,
    embeddings(g, ids) {
      const types = pairs ? g.input("token_type_ids", "int64", ["batch", "sequence"]) : undefined;
      return [tokenTypes(g, config, types), positions(g, ids, config)];
    },
  };
  return encoderGraph(bert, weights, head);
}
