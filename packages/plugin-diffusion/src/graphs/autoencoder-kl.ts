import { graph } from "@kindred/core/onnx";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import type { AutoencoderKlConfig } from "./autoencoder-kl-config.ts";
import { decoder } from "./autoencoder-kl/decoder.ts";
import { encoder } from "./autoencoder-kl/encoder.ts";
import { decoderWorkspace, encoderWorkspace } from "./autoencoder-kl/workspace.ts";
import { conv } from "./blocks/conv.ts";

/**
 * The decoder of Stable Diffusion's autoencoder (arXiv 2112.10752), equal to diffusers' AutoencoderKL.decode. Input
 * `latent_sample` float32 [batch, latent_channels, height, width], already divided by the scaling factor. Output `sample`
 * float32 [batch, out_channels, height · 2ⁿ, width · 2ⁿ] from -1 to 1, for n + 1 levels.
 */
export function autoencoderDecoder(config: AutoencoderKlConfig, weights: Weights): BuiltGraph {
  const { latent_channels: channels } = config;
  const g = graph("vae_decoder", weights);
  const value = g.input("latent_sample", "float32", ["batch", channels, "height", "width"]);
  let x = { value, channels };
  if (config.use_post_quant_conv) x = conv(g.at("post_quant_conv"), x, channels, { kernel: 1 });
  x = decoder(g.at("decoder"), x, config);
  return g.output("sample", x.value).build({ workspace: decoderWorkspace(config) });
}

/**
 * The encoder, equal to AutoencoderKL.encode. Input `sample` float32 [batch, in_channels, height, width] from -1 to 1.
 * Output `latent_parameters` float32 [batch, 2 · latent_channels, height / 2ⁿ, width / 2ⁿ]: the mean's channels and then
 * the log variance's, unscaled.
 */
export function autoencoderEncoder(config: AutoencoderKlConfig, weights: Weights): BuiltGraph {
  const { in_channels: channels, latent_channels } = config;
  const g = graph("vae_encoder", weights);
  const value = g.input("sample", "float32", ["batch", channels, "height", "width"]);
  let x = encoder(g.at("encoder"), { value, channels }, config);
  if (config.use_quant_conv) x = conv(g.at("quant_conv"), x, 2 * latent_channels, { kernel: 1 });
  return g.output("latent_parameters", x.value).build({ workspace: encoderWorkspace(config) });
}
