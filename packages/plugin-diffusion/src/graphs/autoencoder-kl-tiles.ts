import { graph, shapeOf, slice } from "@kindred/core/onnx";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import type { AutoencoderKlConfig } from "./autoencoder-kl-config.ts";
import { countOfNorms, featuresOf, pixelsOf } from "./autoencoder-kl/decoder.ts";
import { SharedNorms } from "./autoencoder-kl/shared-norms.ts";
import { decoderWorkspace, featuresWorkspace } from "./autoencoder-kl/workspace.ts";
import { conv } from "./blocks/conv.ts";

/**
 * The part of the decoder that sees the whole latent, and takes little memory. Input `latent_sample` as `autoencoderDecoder`
 * takes it. Output `features` float32 [batch, channels, height, width], with the channels of the coarsest level.
 */
export function autoencoderFeatures(config: AutoencoderKlConfig, weights: Weights): BuiltGraph {
  const { latent_channels: channels } = config;
  const g = graph("vae_decoder_features", weights);
  const value = g.input("latent_sample", "float32", ["batch", channels, "height", "width"]);
  let x = { value, channels };
  if (config.use_post_quant_conv) x = conv(g.at("post_quant_conv"), x, channels, { kernel: 1 });
  x = featuresOf(g.at("decoder"), x, config);
  return g.output("features", x.value).build({ workspace: featuresWorkspace(config) });
}

/**
 * The rest of the decoder, for a tile of `features` [1, channels, height, width]. Its group norms take `statistics` where
 * `are_given`, bool [1], and otherwise the tile's own: means and variances, float32 [2, norms · groups]. Output `sample` as
 * `autoencoderDecoder` gives it, and the tile's own statistics as `found`.
 */
export function autoencoderPixels(config: AutoencoderKlConfig, weights: Weights): BuiltGraph {
  const channels = config.block_out_channels.at(-1)!;
  const g = graph("vae_decoder_tiles", weights);
  const value = g.input("features", "float32", [1, channels, "height", "width"]);
  const norms = new SharedNorms({
    own: g.input("own", "int64", [4]),
    rows: slice(g, shapeOf(g, value), { start: 2, end: 3 }),
    areGiven: g.input("are_given", "bool", [1]),
    statistics: g.input("statistics", "float32", [2, countOfStatistics(config)]),
  });
  const x = pixelsOf(g.at("decoder"), { value, channels }, config, norms.normalize);
  const workspace = decoderWorkspace(config);
  return g
    .output("sample", x.value)
    .output("found", norms.found(g))
    .build({ workspace: ({ features = [] }) => workspace({ latent_sample: features }) });
}

/** Groups of all norms that share statistics. */
export function countOfStatistics(config: AutoencoderKlConfig): number {
  return countOfNorms(config) * config.norm_num_groups;
}
