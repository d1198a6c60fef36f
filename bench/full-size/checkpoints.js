import { readFileSync } from "node:fs";
import { autoencoderKlConfig } from "../../packages/plugin-diffusion/dist/graphs/autoencoder-kl-config.js";
import {
  autoencoderDecoder,
  autoencoderEncoder,
} from "../../packages/plugin-diffusion/dist/graphs/autoencoder-kl.js";
import { clipTextConfig } from "../../packages/plugin-diffusion/dist/graphs/clip-text-config.js";
import { clipText } from "../../packages/plugin-diffusion/dist/graphs/clip-text.js";
import { sd3TransformerConfig } from "../../packages/plugin-diffusion/dist/graphs/sd3-transformer-config.js";
import { sd3Transformer } from "../../packages/plugin-diffusion/dist/graphs/sd3-transformer.js";
import { t5EncoderConfig } from "../../packages/plugin-diffusion/dist/graphs/t5-encoder-config.js";
import { t5Encoder } from "../../packages/plugin-diffusion/dist/graphs/t5-encoder.js";
import { unetConfig } from "../../packages/plugin-diffusion/dist/graphs/unet-config.js";
import { unet } from "../../packages/plugin-diffusion/dist/graphs/unet.js";

const text = (config) => (weights) => [clipText(clipTextConfig(config), weights)];

/** The graphs of each component over its weights, by its config. */
export const builders = {
  text_encoder: text,
  text_encoder_2: text,
  text_encoder_3: (config) => (weights) => [t5Encoder(t5EncoderConfig(config), weights)],
  transformer: (config) => (weights) => [sd3Transformer(sd3TransformerConfig(config), weights)],
  unet: (config) => (weights) => [unet(unetConfig(config), weights)],
  vae(json) {
    const config = autoencoderKlConfig(json);
    return (weights) => [autoencoderDecoder(config, weights), autoencoderEncoder(config, weights)];
  },
};

const clipLarge = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_attention_heads: 12,
  num_hidden_layers: 12,
  projection_dim: 768,
  vocab_size: 49408,
};
const clipBig = {
  hidden_size: 1280,
  intermediate_size: 5120,
  num_attention_heads: 20,
  num_hidden_layers: 32,
  projection_dim: 1280,
  vocab_size: 49408,
};
const t5XXL = {
  d_ff: 10240,
  d_kv: 64,
  d_model: 4096,
  num_heads: 64,
  num_layers: 24,
  vocab_size: 32128,
};
const autoencoder = { block_out_channels: [128, 256, 512, 512], norm_num_groups: 32 };

const medium = "../checkpoints/stable-diffusion-3-medium.json";
const transformer = JSON.parse(readFileSync(new URL(medium, import.meta.url), "utf8"))[
  "transformer/config.json"
];
const sd3 = {
  "text_encoder/config.json": clipLarge,
  "text_encoder_2/config.json": clipBig,
  "text_encoder_3/config.json": t5XXL,
  "vae/config.json": autoencoder,
};
const xl = "../checkpoints/stable-diffusion-xl.json";

const fixtures = "../../packages/plugin-diffusion/test/fixtures/";
const v15 = `${fixtures}stable-diffusion-v1.5/files.json`;

/** Published checkpoints: the recorded small one of their kind, and what of its files is otherwise. */
export const checkpoints = {
  "stable-diffusion-v1.5": {
    recorded: "pictures",
    changes: {
      "unet/config.json": JSON.parse(readFileSync(new URL(v15, import.meta.url), "utf8"))[
        "unet/config.json"
      ],
      "text_encoder/config.json": clipLarge,
      "vae/config.json": autoencoder,
    },
  },
  "stable-diffusion-3-medium": {
    recorded: "pictures-3",
    changes: { ...sd3, "transformer/config.json": transformer },
  },
  "stable-diffusion-3.5-large": {
    recorded: "pictures-3",
    changes: {
      ...sd3,
      "transformer/config.json": {
        ...transformer,
        caption_projection_dim: 2432,
        num_attention_heads: 38,
        num_layers: 38,
        qk_norm: "rms_norm",
      },
    },
  },
  "stable-diffusion-xl-base": {
    recorded: "pictures-xl",
    changes: {
      ...JSON.parse(readFileSync(new URL(xl, import.meta.url), "utf8")),
      "text_encoder/config.json": clipLarge,
      "text_encoder_2/config.json": clipBig,
      "vae/config.json": autoencoder,
    },
  },
};
