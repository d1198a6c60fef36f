import { conv2d } from "@kindred/core/onnx";
import type { GraphBuilder } from "@kindred/core/onnx";
import type { FeatureMap } from "./feature-map.ts";

/** diffusers' Downsample2D: a 3×3 convolution of stride 2. `padding` 0 pads one row below and one column to the right, as the autoencoder does. */
export function downsample(g: GraphBuilder, x: FeatureMap, padding: number): FeatureMap {
  const value = conv2d(g.at("conv"), x.value, {
    in: x.channels,
    out: x.channels,
    kernel: 3,
    stride: 2,
    padding: padding === 0 ? [0, 0, 1, 1] : padding,
  });
  return { value, channels: x.channels };
}
