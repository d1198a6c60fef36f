import type { GraphBuilder } from "@kindred/core/onnx";
import { conv } from "../blocks/conv.ts";
import type { FeatureMap } from "../blocks/feature-map.ts";
import { winograd } from "../blocks/winograd.ts";

/** Channels in times channels out up to which Winograd's algorithm is worth its memory. */
const maxWinograd = 640 * 640;

/**
 * The UNet's 3×3 convolutions. Maps of few channels are large, and Winograd's algorithm takes half the time over them in float32. Kernels in
 * eight bits are faster still.
 */
export function convolve(g: GraphBuilder, x: FeatureMap, channels: number): FeatureMap {
  const isQuantized = g.quantized("weight", [channels, x.channels, 3, 3]) !== undefined;
  const isSmall = x.channels * channels <= maxWinograd;
  const convolution = isSmall && !isQuantized ? winograd : conv;
  return convolution(g, x, channels);
}
