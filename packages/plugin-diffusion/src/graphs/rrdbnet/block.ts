import { add, concat, mul } from "@kindred/core/onnx";
import type { GraphBuilder } from "@kindred/core/onnx";
import { conv } from "../blocks/conv.ts";
import type { FeatureMap } from "../blocks/feature-map.ts";
import type { RrdbNetConfig } from "../rrdbnet-config.ts";

/** Factor of a block's result before the block's input is added to it: β of arXiv 1809.00219. */
const residualScale = 0.2;
const negativeSlope = 0.2;
const denseBlocks = 3;
const denseConvolutions = 5;

/** A residual-in-residual dense block. */
export function residualBlock(g: GraphBuilder, x: FeatureMap, config: RrdbNetConfig): FeatureMap {
  let inner = x;
  for (let i = 1; i <= denseBlocks; i++) inner = denseBlock(g.at(`rdb${i}`), inner, config);
  return residual(g, x, inner);
}

/** A dense block: each convolution sees what all before it gave. */
function denseBlock(
  g: GraphBuilder,
  x: FeatureMap,
  { features, growth }: RrdbNetConfig,
): FeatureMap {
  let seen = x;
  for (let i = 1; i < denseConvolutions; i++) {
    const grown = leakyRelu(g, conv(g.at(`conv${i}`), seen, growth));
    const value = concat(g, [seen.value, grown.value], 1);
    seen = { value, channels: seen.channels + growth };
  }
  return residual(g, x, conv(g.at(`conv${denseConvolutions}`), seen, features));
}

function residual(g: GraphBuilder, x: FeatureMap, inner: FeatureMap): FeatureMap {
  const scaled = mul(g, inner.value, g.float32([residualScale], []));
  return { value: add(g, x.value, scaled), channels: x.channels };
}

export function leakyRelu(g: GraphBuilder, { value, channels }: FeatureMap): FeatureMap {
  return { value: g.node("LeakyRelu", [value], { alpha: negativeSlope }), channels };
}
