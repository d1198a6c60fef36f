import { textJson, unetJson, vaeJson } from "../component-configs.ts";
import type { UNetFacts } from "../component-configs.ts";
import { measuredPrediction } from "../prediction.ts";
import { stableDiffusionNoise, tokenizerJson, zeroTerminalSchedule } from "../schedules.ts";
import type { FileFacts, FileVersion } from "../version.ts";

/** The schedules of stable-diffusion-v1-5 and -2-1-base, and of stable-diffusion-2-1. */
const pndm = { _class_name: "PNDMScheduler", ...stableDiffusionNoise };
const ddim = { _class_name: "DDIMScheduler", ...stableDiffusionNoise };

/** Stable Diffusion 1: OpenAI's CLIP. */
export const version1: FileVersion = {
  name: 1,
  prediction: "epsilon",
  configs: (file) => ({
    ...shared(file, { heads: () => 8, size: file.size ?? 512 }),
    "scheduler/scheduler_config.json": () => scheduleOf(file, pndm),
    "text_encoder/config.json": () => textJson(file.tensors("text_encoder"), "quick_gelu"),
    "tokenizer/tokenizer_config.json": () => tokenizerJson("<|endoftext|>"),
  }),
};

/** Stable Diffusion 2: OpenCLIP's ViT-H. Training at 768×768 was the training towards velocity. */
export const version2: FileVersion = {
  name: 2,
  prediction: "v_prediction",
  measure: measuredPrediction,
  configs(file) {
    const velocity = file.prediction === "v_prediction";
    const { size = velocity ? 768 : 512 } = file;
    return {
      ...shared(file, { heads: (channels) => channels / 64, size }),
      "scheduler/scheduler_config.json": () => scheduleOf(file, velocity ? ddim : pndm),
      "text_encoder/config.json": () => textJson(file.tensors("text_encoder"), "gelu"),
      "tokenizer/tokenizer_config.json": () => tokenizerJson("!"),
    };
  },
};

const scalingFactor = 0.18215;

function shared({ tensors }: FileFacts, unet: UNetFacts) {
  return {
    "model_index.json": () => ({ _class_name: "StableDiffusionPipeline" }),
    "unet/config.json": () => unetJson(tensors("unet"), unet),
    "vae/config.json": () => vaeJson(tensors("vae"), scalingFactor),
  };
}

function scheduleOf({ schedule, prediction, zeroTerminal }: FileFacts, own: object): object {
  if (schedule) return schedule;
  const of = zeroTerminal ? { ...ddim, ...zeroTerminalSchedule } : own;
  return { ...of, prediction_type: prediction };
}
