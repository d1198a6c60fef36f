import type { GraphBuilder } from "@kindred/core/onnx";
import type { AutoencoderKlConfig } from "../autoencoder-kl-config.ts";
import { conv } from "../blocks/conv.ts";
import type { FeatureMap } from "../blocks/feature-map.ts";
import { normSilu, resnet } from "../blocks/resnet.ts";
import { midBlock } from "./mid-block.ts";
import { norms } from "./norms.ts";
import { upsample } from "../blocks/upsample.ts";

/** From latents, after the post-quant convolution, to pixels. */
export function decoder(
  g: GraphBuilder,
  latent: FeatureMap,
  config: AutoencoderKlConfig,
): FeatureMap {
  const { block_out_channels: levels, layers_per_block, out_channels } = config;
  let x = conv(g.at("conv_in"), latent, levels.at(-1)!);
  x = midBlock(g.at("mid_block"), x, config);
  for (const [i, channels] of levels.toReversed().entries()) {
    const block = g.at(`up_blocks.${i}`);
    for (let j = 0; j <= layers_per_block; j++)
      x = resnet(block.at(`resnets.${j}`), x, { ...norms(config), channels });
    if (i < levels.length - 1) x = upsample(block.at("upsamplers.0.conv"), x);
  }
  x = normSilu(g.at("conv_norm_out"), x, norms(config));
  return conv(g.at("conv_out"), x, out_channels);
}
