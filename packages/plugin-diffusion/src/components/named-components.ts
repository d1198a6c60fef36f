import type { Component, TextComponent } from "./component.ts";

/** The components of Stable Diffusion's folders, by the names that diffusers gives them. */
export const textEncoder: TextComponent = {
  folder: "text_encoder",
  stem: "model",
  tokenizer: "tokenizer",
};
export const textEncoder2: TextComponent = {
  folder: "text_encoder_2",
  stem: "model",
  tokenizer: "tokenizer_2",
};
export const textEncoder3: TextComponent = {
  folder: "text_encoder_3",
  stem: "model",
  tokenizer: "tokenizer_3",
};
export const transformer: Component = {
  folder: "transformer",
  stem: "diffusion_pytorch_model",
};
export const unet: Component = { folder: "unet", stem: "diffusion_pytorch_model" };
export const vae: Component = {
  folder: "vae",
  stem: "diffusion_pytorch_model",
  exportFolder: "vae_decoder",
};
/** The half of an exported autoencoder that turns pictures into latents. */
export const vaeEncoder: Component = { ...vae, exportFolder: "vae_encoder" };
