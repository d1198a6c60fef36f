import { concat } from "@kindred/core/onnx";
import type { GraphBuilder } from "@kindred/core/onnx";
import { conv } from "../blocks/conv.ts";
import type { FeatureMap } from "../blocks/feature-map.ts";
import { normSilu } from "../blocks/resnet.ts";
import type { UNetConfig } from "../unet-config.ts";
import { attentionLayer, resnetLayer } from "./block.ts";
import type { Encoded } from "./encoder.ts";
import { skipPlaces } from "./skips.ts";
import { upsampleTo } from "./upsample.ts";

/** The skips that a part of the way up joins, by their numbers: from the deeper one to the finer one, both included. */
export interface SkipRange {
  readonly from: number;
  readonly to: number;
}

/**
 * A part of the way up, in diffusers' UpBlock2D and CrossAttnUpBlock2D: one layer for each skip, the last skip first. The map is
 * enlarged behind a level's last layer.
 */
export function wayUp(
  g: GraphBuilder,
  { skips, shared }: Pick<Encoded, "skips" | "shared">,
  x: FeatureMap,
  { from, to }: SkipRange,
): FeatureMap {
  const { levels } = shared.config;
  const places = skipPlaces(shared.config);
  for (let i = from; i >= to; i--) {
    const { level, depth, layer } = places[i]!;
    const { channels, heads, up: transformers } = level;
    const own = g.at(`up_blocks.${levels.length - 1 - depth}`);
    const block = { ...shared, g: own, channels, heads, transformers };
    x = attentionLayer(block, layer, resnetLayer(block, layer, joined(own, x, skips[i]!)));
    if (layer === level.layers && i > 0) x = upsampleTo(own.at("upsamplers.0"), x, skips[i - 1]!);
  }
  return x;
}

function joined(g: GraphBuilder, x: FeatureMap, skip: FeatureMap): FeatureMap {
  return { value: concat(g, [x.value, skip.value], 1), channels: x.channels + skip.channels };
}

/** The end of the way up: the map as a prediction. */
export function prediction(g: GraphBuilder, config: UNetConfig, x: FeatureMap): FeatureMap {
  const { norm_num_groups: groups, norm_eps: epsilon } = config;
  const normed = normSilu(g.at("conv_norm_out"), x, { groups, epsilon });
  const options = { kernel: config.conv_out_kernel, exact: true };
  return conv(g.at("conv_out"), normed, config.out_channels, options);
}
