import type { FeatureMap } from "../blocks/feature-map.ts";
import { attentionLayer, resnetLayer } from "./block.ts";
import type { Block } from "./block.ts";

/** diffusers' UNetMidBlock2DCrossAttn. */
export function midBlock(block: Block, x: FeatureMap): FeatureMap {
  return resnetLayer(block, 1, attentionLayer(block, 0, resnetLayer(block, 0, x)));
}
