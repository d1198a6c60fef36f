import { conv2d } from "@kindred/core/onnx";
import type { GraphBuilder } from "@kindred/core/onnx";
import type { FeatureMap } from "./feature-map.ts";

/** Computes a 3×3 convolution that keeps the size. */
export type Convolve = (g: GraphBuilder, x: FeatureMap, channels: number) => FeatureMap;

export interface ConvOptions {
  /** Odd. Default 3. */
  readonly kernel?: number;
  /** Whether it stays in float32 in every precision. Default false. */
  readonly exact?: boolean;
}

/** A convolution that keeps the size. */
export function conv(
  g: GraphBuilder,
  x: FeatureMap,
  channels: number,
  { kernel = 3, exact = false }: ConvOptions = {},
): FeatureMap {
  const options = { in: x.channels, out: channels, kernel, padding: (kernel - 1) / 2, exact };
  return { value: conv2d(g, x.value, options), channels };
}
