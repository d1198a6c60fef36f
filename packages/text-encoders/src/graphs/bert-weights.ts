import type { Weights } from "@kindred/core/onnx";
import { encoderWeights } from "./encoder-weights.ts";

/**
 * Published BERT weights under the names that `BertModel` gives them today, whichever model wrapped it and whichever version
 * wrote it. Weights that encoding texts does not need are not listed: the pooler, the heads of pretraining, and the table of
 * 0, 1, 2 … that old checkpoints carry.
 */
export function bertWeights(weights: Weights): Weights {
  return encoderWeights(weights, { rename: today, beside });
}

const beside = /^(pooler|cls)\.|^embeddings\.position_ids$/;

function today(name: string): string {
  return name
    .replace(/^bert\./, "")
    .replace(/LayerNorm\.gamma$/, "LayerNorm.weight")
    .replace(/LayerNorm\.beta$/, "LayerNorm.bias");
}
