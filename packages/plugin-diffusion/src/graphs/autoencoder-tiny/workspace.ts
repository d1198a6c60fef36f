import type { Dims } from "@kindred/core";
import type { AutoencoderTinyConfig } from "../autoencoder-tiny-config.ts";

/** Feature maps of the finest level that are alive at once: 4.2 as measured from 256×256 to 1024×1024, and the arena's loss. */
const maps = 5;
/** Pictures that are alive beside them: the network's, and the same from -1 to 1. */
const pictures = 2;

/** Bytes of activations of one decoding, by the dims of `latent_sample`. */
export function tinyWorkspace(config: AutoencoderTinyConfig): (dims: Dims) => number {
  const { decoder_block_out_channels: levels, out_channels } = config;
  const scale = 2 ** (levels.length - 1);
  const channels = maps * levels[0]! + pictures * out_channels;
  return ({ latent_sample = [] }) => {
    const [batch = 1, , height = 0, width = 0] = latent_sample;
    return 4 * channels * batch * height * width * scale ** 2;
  };
}
