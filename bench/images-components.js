import { clipTextConfig } from "../packages/plugin-diffusion/dist/graphs/clip-text-config.js";
import { clipText } from "../packages/plugin-diffusion/dist/graphs/clip-text.js";
import { autoencoderKlConfig } from "../packages/plugin-diffusion/dist/graphs/autoencoder-kl-config.js";
import {
  autoencoderDecoder,
  autoencoderEncoder,
} from "../packages/plugin-diffusion/dist/graphs/autoencoder-kl.js";
import { unetConfig } from "../packages/plugin-diffusion/dist/graphs/unet-config.js";
import { unet } from "../packages/plugin-diffusion/dist/graphs/unet.js";

const diffusers = "diffusion_pytorch_model.fp16.safetensors";

/** A tensor of sin(i · 12.9898), a wave without a period. Both sides of a comparison compute the same numbers. */
export const wave = (dims) => ({
  type: "float32",
  dims,
  data: Float32Array.from({ length: product(dims) }, (_, i) => Math.sin(i * 12.9898)),
});

/**
 * The components that draw a 512 × 512 picture. The UNet runs with and without the prompt in one batch. The first of
 * `graphs` is the one that is measured; the others only add their weights to the file.
 */
export const components = {
  unet: {
    directory: "unet",
    file: diffusers,
    graphs: [(config, weights) => unet(unetConfig(config), weights)],
    output: "out_sample",
    feeds: () => ({
      sample: wave([2, 4, 64, 64]),
      timestep: { type: "float32", dims: [1], data: Float32Array.of(500) },
      encoder_hidden_states: wave([2, 77, 768]),
    }),
    rounds: 5,
  },
  vae_decoder: {
    directory: "vae",
    file: diffusers,
    graphs: [autoencoderDecoder, autoencoderEncoder].map(
      (graph) => (config, weights) => graph(autoencoderKlConfig(config), weights),
    ),
    output: "sample",
    feeds: () => ({ latent_sample: wave([1, 4, 64, 64]) }),
    rounds: 5,
  },
  text_encoder: {
    directory: "text_encoder",
    file: "model.fp16.safetensors",
    graphs: [(config, weights) => clipText(clipTextConfig(config), weights)],
    output: "last_hidden_state",
    feeds: () => ({
      input_ids: {
        type: "int64",
        dims: [1, 77],
        data: BigInt64Array.from({ length: 77 }, (_, i) => BigInt((i * 7919) % 49_408)),
      },
    }),
    rounds: 50,
  },
};

function product(dims) {
  return dims.reduce((all, dim) => all * dim, 1);
}
