import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { encoderGraph } from "./encoder.ts";
import type { Encoder } from "./encoder.ts";
import type { BertConfig } from "./bert.ts";
import type { Head } from "./head.ts";
import { positionsBehind } from "./positions.ts";
import { tokenTypes } from "./token-types.ts";

/** RoBERTa's sizes and settings, under the names that `config.json` gives them. */
export interface RobertaConfig extends BertConfig {
  /** The id that fills batches up. Places are counted from behind it. */
  readonly pad_token_id: number;
}

/** Places up to which a mask is fastest: beyond, the scores of all pairs take more than the states. BGE-M3 has 8,194. */
const maxHeld = 1024;

/**
 * RoBERTa's encoder (Liu et al. 2019, arXiv:1907.11692), which XLM-RoBERTa and CamemBERT share. Its tokenizers give all tokens the
 * first type, those of a pair too.
 */
export function robertaGraph(config: RobertaConfig, weights: Weights, head: Head): BuiltGraph {
  const roberta: Encoder = {
    name: "roberta",
    config,
    isLong: config.max_position_embeddings > maxHeld,
    embeddings: (g, ids) => [
      tokenTypes(g, config),
      positionsBehind(g, ids, config.pad_token_id, config),
    ],
  };
  return encoderGraph(roberta, weights, head);
}
