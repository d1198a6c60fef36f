import type { Value } from "@kindred/core/onnx";

/** A map of features, [batch, channels, height, width]. */
export interface FeatureMap {
  readonly value: Value;
  readonly channels: number;
}
