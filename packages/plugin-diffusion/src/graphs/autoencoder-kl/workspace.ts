import type { Dims } from "@kindred/core";
import type { AutoencoderKlConfig } from "../autoencoder-kl-config.ts";

/** Feature maps of the finest level that are alive at once: 4 as measured at 256×256 and 512×512, and the arena's loss. */
const maps = 5;

/** Bytes of activations of one decoding, by the dims of `latent_sample`. */
export function decoderWorkspace(config: AutoencoderKlConfig): (dims: Dims) => number {
  const { block_out_channels: levels } = config;
  const scale = 2 ** (levels.length - 1);
  const channels = Math.max(levels[0]!, levels[1] ?? 0);
  return ({ latent_sample = [] }) => {
    const [batch = 1, , height = 0, width = 0] = latent_sample;
    return 4 * maps * channels * batch * height * width * scale ** 2;
  };
}

/** Maps of the coarsest level that are alive at once in its attention: 9.3 as measured at 768×768 and 1024×1024 pixels. */
const coarseMaps = 10;

/** Bytes of activations of the decoder's part in the latent's size, by the dims of `latent_sample`. */
export function featuresWorkspace(config: AutoencoderKlConfig): (dims: Dims) => number {
  return ({ latent_sample = [] }) => {
    const [batch = 1, , height = 0, width = 0] = latent_sample;
    return 4 * coarseMaps * config.block_out_channels.at(-1)! * batch * height * width;
  };
}

/** Bytes of activations of one encoding, by the dims of `sample`. */
export function encoderWorkspace(config: AutoencoderKlConfig): (dims: Dims) => number {
  return ({ sample = [] }) => {
    const [batch = 1, , height = 0, width = 0] = sample;
    return 4 * maps * config.block_out_channels[0]! * batch * height * width;
  };
}
