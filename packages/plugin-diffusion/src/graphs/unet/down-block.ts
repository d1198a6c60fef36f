import { downsample } from "../blocks/downsample.ts";
import type { FeatureMap } from "../blocks/feature-map.ts";
import { attentionLayer, resnetLayer } from "./block.ts";
import type { Block } from "./block.ts";

export interface DownOptions {
  readonly layers: number;
  readonly last: boolean;
}

/** diffusers' DownBlock2D and CrossAttnDownBlock2D. Gives every map on the way; each is a skip for the way up. */
export function* downBlock(
  block: Block,
  x: FeatureMap,
  options: DownOptions,
): Generator<FeatureMap, void> {
  for (let i = 0; i < options.layers; i++) {
    x = attentionLayer(block, i, resnetLayer(block, i, x));
    yield x;
  }
  if (options.last) return;
  yield downsample(block.g.at("downsamplers.0"), x, block.config.downsample_padding);
}
