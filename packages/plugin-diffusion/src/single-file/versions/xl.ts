import { textJson, unetJson, vaeJson } from "../component-configs.ts";
import { stableDiffusionNoise, tokenizerJson, zeroTerminalSchedule } from "../schedules.ts";
import type { FileVersion } from "../version.ts";

/** The schedule of stable-diffusion-xl-base-1.0. */
const euler = {
  _class_name: "EulerDiscreteScheduler",
  ...stableDiffusionNoise,
  interpolation_type: "linear",
  sample_max_value: 1,
  timestep_spacing: "leading",
  use_karras_sigmas: false,
};

const scalingFactor = 0.13025;

/** Stable Diffusion XL: OpenAI's CLIP and OpenCLIP's ViT-bigG. */
export const versionXl: FileVersion = {
  name: "XL",
  prediction: "epsilon",
  configs: ({ tensors, schedule, size = 1024, prediction, zeroTerminal }) => ({
    "model_index.json": () => ({
      _class_name: "StableDiffusionXLPipeline",
      force_zeros_for_empty_prompt: true,
    }),
    "scheduler/scheduler_config.json": () =>
      schedule ?? {
        ...euler,
        prediction_type: prediction,
        ...(zeroTerminal && zeroTerminalSchedule),
      },
    "text_encoder/config.json": () => textJson(tensors("text_encoder"), "quick_gelu"),
    "text_encoder_2/config.json": () => textJson(tensors("text_encoder_2"), "gelu"),
    "tokenizer/tokenizer_config.json": () => tokenizerJson("<|endoftext|>"),
    "tokenizer_2/tokenizer_config.json": () => tokenizerJson("!"),
    "unet/config.json": () =>
      unetJson(tensors("unet"), { heads: (channels) => channels / 64, size }),
    "vae/config.json": () => vaeJson(tensors("vae"), scalingFactor),
  }),
};
