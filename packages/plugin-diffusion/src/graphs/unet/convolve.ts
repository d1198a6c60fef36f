import type { GraphBuilder } from "@kindred/core/onnx";
import { conv } from "../blocks/conv.ts";
import type { FeatureMap } from "../blocks/feature-map.ts";
import { winograd } from "../blocks/winograd.ts";

/** Channels in times channels out: beyond it, what Winograd's way saves in time is dear in memory. */
const LIGHT = 640 * 640;

/** The UNet's 3×3 convolutions: where channels are few, maps are large, and Winograd's way takes half the time. */
export function convolve(g: GraphBuilder, x: FeatureMap, channels: number): FeatureMap {
  const way = x.channels * channels <= LIGHT ? winograd : conv;
  return way(g, x, channels);
}
