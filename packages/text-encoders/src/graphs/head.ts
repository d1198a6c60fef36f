import type { GraphBuilder, Value } from "@kindred/core/onnx";

/** The states that an encoder ends with. */
export interface TokenStates {
  /** float32 [batch, sequence, dimensions] */
  readonly states: Value;
  /** int64 [batch, sequence]: 1 for tokens, 0 for the padding behind them. */
  readonly mask: Value;
}

/**
 * What a task makes of an encoder's last states: it adds the graph's outputs, such as pooled vectors or the scores of pairs. `g`
 * names weights as they are called in the checkpoint, without the encoder's own prefix.
 */
export type Head = (g: GraphBuilder, states: TokenStates) => void;
