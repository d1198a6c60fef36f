import { concat, shapeOf, slice } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { FeatureMap } from "../blocks/feature-map.ts";
import { convolve } from "./convolve.ts";

/**
 * diffusers' Upsample2D: the nearest pixels at the size of the next skip, then a 3×3 convolution. The size is odd where the
 * way down has rounded up.
 */
export function upsampleTo(g: GraphBuilder, x: FeatureMap, skip: FeatureMap): FeatureMap {
  const value = resize(g, x.value, skip.value);
  return convolve(g.at("conv"), { value, channels: x.channels }, x.channels);
}

function resize(g: GraphBuilder, x: Value, like: Value): Value {
  const batchAndChannels = slice(g, shapeOf(g, x), { start: 0, end: 2 });
  const heightAndWidth = slice(g, shapeOf(g, like), { start: 2, end: 4 });
  const sizes = concat(g, [batchAndChannels, heightAndWidth], 0);
  return g.node("Resize", [x, undefined, undefined, sizes], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
}
