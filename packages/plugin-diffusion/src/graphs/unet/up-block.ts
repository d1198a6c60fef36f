import { concat } from "@kindred/core/onnx";
import type { FeatureMap } from "../blocks/feature-map.ts";
import { attentionLayer, resnetLayer } from "./block.ts";
import type { Block } from "./block.ts";

/** diffusers' UpBlock2D and CrossAttnUpBlock2D: one layer for each skip, the last skip first. */
export function upBlock(block: Block, x: FeatureMap, skips: readonly FeatureMap[]): FeatureMap {
  for (const [i, skip] of skips.toReversed().entries()) {
    const joined = {
      value: concat(block.g, [x.value, skip.value], 1),
      channels: x.channels + skip.channels,
    };
    x = attentionLayer(block, i, resnetLayer(block, i, joined));
  }
  return x;
}
