import type { Weights } from "@kindred/core/onnx";
import { encoderWeights } from "./encoder-weights.ts";

/**
 * Published weights of BERT and its successors under the names that transformers' base models give them today: without the "bert."
 * that a model with a head puts in front, and whichever version wrote them. Weights that encoding texts does not
 * need are not listed: the pooler, the heads of pretraining, and the table of 0, 1, 2 … that old checkpoints carry.
 */
export function bertWeights(weights: Weights): Weights {
  return encoderWeights(weights, { rename: today, beside });
}

const beside =
  /^(pooler|cls|lm_head|vocab_(transform|layer_norm|projector))\.|^embeddings\.position_ids$/;

function today(name: string): string {
  return name
    .replace(/^(bert|roberta|mpnet|distilbert)\./, "")
    .replace(/LayerNorm\.gamma$/, "LayerNorm.weight")
    .replace(/LayerNorm\.beta$/, "LayerNorm.bias");
}
