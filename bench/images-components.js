import { clipTextConfig } from "../packages/plugin-diffusion/dist/graphs/clip-text-config.js";
import { clipText } from "../packages/plugin-diffusion/dist/graphs/clip-text.js";
import { autoencoderKlConfig } from "../packages/plugin-diffusion/dist/graphs/autoencoder-kl-config.js";
import {
  autoencoderDecoder,
  autoencoderEncoder,
} from "../packages/plugin-diffusion/dist/graphs/autoencoder-kl.js";
import { unetConfig } from "../packages/plugin-diffusion/dist/graphs/unet-config.js";
import { controlNetConfig } from "../packages/plugin-diffusion/dist/graphs/control-net-config.js";
import { controlNet } from "../packages/plugin-diffusion/dist/graphs/control-net.js";
import { sd3TransformerConfig } from "../packages/plugin-diffusion/dist/graphs/sd3-transformer-config.js";
import { sd3Transformer } from "../packages/plugin-diffusion/dist/graphs/sd3-transformer.js";
import { unet } from "../packages/plugin-diffusion/dist/graphs/unet.js";

const diffusers = "diffusion_pytorch_model.fp16.safetensors";

/** A tensor of sin(i · 12.9898), a wave without a period. Both sides of a comparison compute the same numbers. */
export const wave = (dims) => ({
  type: "float32",
  dims,
  data: Float32Array.from({ length: product(dims) }, (_, i) => Math.sin(i * 12.9898)),
});

const float32 = (...numbers) => ({
  type: "float32",
  dims: [numbers.length],
  data: Float32Array.from(numbers),
});

/**
 * The components that draw a 512 × 512 picture. Denoisers run with and without the prompt in one batch. The first of `graphs` is the one that is measured; the others only add their weights
 * to the file. `exported` says that torch's export is a rival too. `flops` counts a run's multiplications and additions in
 * linears and attention.
 */
export const components = {
  unet: {
    checkpoint: "stable-diffusion-v1.5",
    exported: true,
    directory: "unet",
    file: diffusers,
    graphs: [(config, weights) => unet(unetConfig(config), weights)],
    output: "out_sample",
    feeds: () => ({
      sample: wave([2, 4, 64, 64]),
      timestep: float32(500),
      encoder_hidden_states: wave([2, 77, 768]),
    }),
    rounds: 5,
  },
  unet_xl: {
    checkpoint: "stable-diffusion-xl",
    directory: "unet",
    file: diffusers,
    graphs: [(config, weights) => unet(unetConfig(config), weights)],
    output: "out_sample",
    feeds: () => ({
      sample: wave([2, 4, 64, 64]),
      timestep: float32(500),
      encoder_hidden_states: wave([2, 77, 2048]),
      text_embeds: wave([2, 1280]),
      time_ids: {
        ...float32(512, 512, 0, 0, 512, 512, 512, 512, 0, 0, 512, 512),
        dims: [2, 6],
      },
    }),
    rounds: 3,
  },
  controlnet: {
    checkpoint: "sd-controlnet-canny",
    directory: "controlnet",
    file: diffusers,
    graphs: [(config, weights) => controlNet(controlNetConfig(config), weights, "controlnet")],
    output: "mid_block_res_sample",
    feeds: () => ({
      sample: wave([2, 4, 64, 64]),
      timestep: float32(500),
      encoder_hidden_states: wave([2, 77, 768]),
      controlnet_cond: wave([1, 3, 512, 512]),
      conditioning_scales: float32(...Array(13).fill(1)),
    }),
    rounds: 5,
  },
  transformer_3: {
    checkpoint: "stable-diffusion-3-medium",
    directory: "transformer",
    file: diffusers,
    graphs: [(config, weights) => sd3Transformer(sd3TransformerConfig(config), weights)],
    // diffusers' last block has a query for the text that nothing reads.
    extra: [
      { name: "transformer_blocks.23.attn.add_q_proj.weight", shape: [1536, 1536], dtype: "F16" },
      { name: "transformer_blocks.23.attn.add_q_proj.bias", shape: [1536], dtype: "F16" },
    ],
    output: "out_hidden_states",
    feeds: () => ({
      hidden_states: wave([2, 16, 64, 64]),
      timestep: float32(500),
      encoder_hidden_states: wave([2, 333, 4096]),
      pooled_projections: wave([2, 2048]),
    }),
    flops: jointFlops({ batch: 2, picture: 1024, text: 333, width: 1536, layers: 24 }),
    rounds: 5,
  },
  vae_decoder: {
    checkpoint: "stable-diffusion-v1.5",
    exported: true,
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
    checkpoint: "stable-diffusion-v1.5",
    exported: true,
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

/**
 * The operations of MMDiT's joint blocks: per token four projections of attention and the two linears of the feed-forward, four
 * times as wide; per pair of tokens the score and the mixing. The last block leaves out the text's output and feed-forward.
 */
function jointFlops({ batch, picture, text, width, layers }) {
  const tokens = picture + text;
  const linears = 12 * layers * tokens - 9 * text - text;
  return batch * (2 * width ** 2 * linears + 4 * width * layers * tokens ** 2);
}
