import type { GraphBuilder } from "@kindred/core/onnx";
import type { AutoencoderKlConfig } from "../autoencoder-kl-config.ts";
import { conv } from "../blocks/conv.ts";
import type { FeatureMap } from "../blocks/feature-map.ts";
import { normSilu, resnet } from "../blocks/resnet.ts";
import type { Normalize } from "../blocks/resnet.ts";
import { midBlock } from "./mid-block.ts";
import { norms } from "./norms.ts";
import { upsample } from "../blocks/upsample.ts";

/** From latents, after the post-quant convolution, to pixels. */
export function decoder(
  g: GraphBuilder,
  latent: FeatureMap,
  config: AutoencoderKlConfig,
): FeatureMap {
  return pixelsOf(g, featuresOf(g, latent, config), config);
}

/** The decoder's part in the latent's size: all that sees the whole latent. */
export function featuresOf(
  g: GraphBuilder,
  latent: FeatureMap,
  config: AutoencoderKlConfig,
): FeatureMap {
  const [channels] = coarsestFirst(config);
  const x = conv(g.at("conv_in"), latent, channels!);
  return resnets(g.at("up_blocks.0"), midBlock(g.at("mid_block"), x, config), channels!, config);
}

/** The rest of it: convolutions and norms. `normalize` computes the norms; default: `groupNorm`. */
export function pixelsOf(
  g: GraphBuilder,
  features: FeatureMap,
  config: AutoencoderKlConfig,
  normalize?: Normalize,
): FeatureMap {
  let x = features;
  for (const [i, channels] of coarsestFirst(config).entries()) {
    if (i === 0) continue;
    x = upsample(g.at(`up_blocks.${i - 1}.upsamplers.0.conv`), x);
    x = resnets(g.at(`up_blocks.${i}`), x, channels, config, normalize);
  }
  x = normSilu(g.at("conv_norm_out"), x, { ...norms(config), normalize });
  return conv(g.at("conv_out"), x, config.out_channels);
}

/** Group norms of `pixelsOf`. */
export function countOfNorms({
  block_out_channels,
  layers_per_block,
}: AutoencoderKlConfig): number {
  return 2 * (block_out_channels.length - 1) * (layers_per_block + 1) + 1;
}

function coarsestFirst({ block_out_channels }: AutoencoderKlConfig): readonly number[] {
  return block_out_channels.toReversed();
}

function resnets(
  g: GraphBuilder,
  x: FeatureMap,
  channels: number,
  config: AutoencoderKlConfig,
  normalize?: Normalize,
): FeatureMap {
  let y = x;
  for (let j = 0; j <= config.layers_per_block; j++)
    y = resnet(g.at(`resnets.${j}`), y, { ...norms(config), channels, normalize });
  return y;
}
