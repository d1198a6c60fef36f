import { concat, shapeOf } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";

/** The tokens of a batch of texts, as a graph takes them. */
export interface TokenInputs {
  /** `input_ids`, int64 [batch, sequence]. */
  readonly ids: Value;
  /** `attention_mask`, int64 [batch, sequence]: 1 for tokens, 0 for the padding behind them. */
  readonly mask: Value;
  /** The sequence's length, int64 []. */
  readonly length: Value;
  /** The dims [batch, sequence, -1], for steps in which tokens know their text. */
  readonly shape: Value;
}

/** Declares the inputs of an encoder, and what its layers ask of them. */
export function tokenInputs(g: GraphBuilder): TokenInputs {
  const ids = g.input("input_ids", "int64", ["batch", "sequence"]);
  const mask = g.input("attention_mask", "int64", ["batch", "sequence"]);
  const shape = shapeOf(g, ids);
  return {
    ids,
    mask,
    length: g.node("Gather", [shape, g.int64([1], [])]),
    shape: concat(g, [shape, g.int64([-1])], 0),
  };
}
