import type { GraphBuilder } from "@kindred/core/onnx";
import type { AutoencoderKlConfig } from "../autoencoder-kl-config.ts";
import type { FeatureMap } from "../blocks/feature-map.ts";
import { resnet } from "../blocks/resnet.ts";
import { pixelAttention } from "./attention.ts";
import { norms } from "./norms.ts";

/** diffusers' UNetMidBlock2D without a timestep. */
export function midBlock(g: GraphBuilder, x: FeatureMap, config: AutoencoderKlConfig): FeatureMap {
  const options = { ...norms(config), channels: x.channels };
  const y = resnet(g.at("resnets.0"), x, options);
  const z = config.mid_block_add_attention ? pixelAttention(g.at("attentions.0"), y, options) : y;
  return resnet(g.at("resnets.1"), z, options);
}
