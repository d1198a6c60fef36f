import type { ClipComponent } from "./clip-encoder.ts";
import type { Component } from "./component.ts";

/** The components of Stable Diffusion's folders, by the names that diffusers gives them. */
export const textEncoder: ClipComponent = {
  folder: "text_encoder",
  stem: "model",
  tokenizer: "tokenizer",
};
export const textEncoder2: ClipComponent = {
  folder: "text_encoder_2",
  stem: "model",
  tokenizer: "tokenizer_2",
};
export const unet: Component = { folder: "unet", stem: "diffusion_pytorch_model" };
export const vae: Component = {
  folder: "vae",
  stem: "diffusion_pytorch_model",
  exportFolder: "vae_decoder",
};
