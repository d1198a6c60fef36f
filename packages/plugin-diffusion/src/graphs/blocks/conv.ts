import { conv2d } from "@kindred/core/onnx";
import type { GraphBuilder } from "@kindred/core/onnx";
import type { FeatureMap } from "./feature-map.ts";

/** Computes a 3×3 convolution that keeps the size. */
export type Convolve = (g: GraphBuilder, x: FeatureMap, channels: number) => FeatureMap;

/** A convolution that keeps the size. `kernel` is odd. */
export function conv(g: GraphBuilder, x: FeatureMap, channels: number, kernel = 3): FeatureMap {
  const options = { in: x.channels, out: channels, kernel, padding: (kernel - 1) / 2 };
  return { value: conv2d(g, x.value, options), channels };
}
