import type { GraphBuilder } from "@kindred/core/onnx";
import type { AutoencoderKlConfig } from "../autoencoder-kl-config.ts";
import { conv } from "../blocks/conv.ts";
import { downsample } from "../blocks/downsample.ts";
import type { FeatureMap } from "../blocks/feature-map.ts";
import { normSilu, resnet } from "../blocks/resnet.ts";
import { midBlock } from "./mid-block.ts";
import { norms } from "./norms.ts";

/** From pixels to mean and log variance of the latents, before the quant convolution. */
export function encoder(
  g: GraphBuilder,
  image: FeatureMap,
  config: AutoencoderKlConfig,
): FeatureMap {
  const { block_out_channels: levels, layers_per_block, latent_channels } = config;
  let x = conv(g.at("conv_in"), image, levels[0]!);
  for (const [i, channels] of levels.entries()) {
    const block = g.at(`down_blocks.${i}`);
    for (let j = 0; j < layers_per_block; j++)
      x = resnet(block.at(`resnets.${j}`), x, { ...norms(config), channels });
    if (i < levels.length - 1) x = downsample(block.at("downsamplers.0"), x, 0);
  }
  x = midBlock(g.at("mid_block"), x, config);
  x = normSilu(g.at("conv_norm_out"), x, norms(config));
  return conv(g.at("conv_out"), x, 2 * latent_channels);
}
