import type { LaunchListing, LoadContext } from "@kindred/core";
import { openClipEncoder } from "../components/clip-encoder.ts";
import { componentFiles, tokenizerFiles } from "../components/component-files.ts";
import { openAutoencoder } from "../components/kl-autoencoder.ts";
import { requiredJson } from "../components/required-json.ts";
import { scheduleFile, schedulerConfig } from "../components/scheduler-config.ts";
import { warnOfUnserved } from "../components/unserved-scheduler.ts";
import { openUNet } from "../components/unet-denoiser.ts";
import type { DiffusionComponents } from "../diffusion-model.ts";
import { clipPrompts } from "../prompt/clip-prompts.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import type { SchedulerConfig } from "../schedulers/config.ts";
import { createScheduler } from "../schedulers/create.ts";
import { denoisingSamplers } from "../schedulers/names.ts";
import { corrected } from "../schedulers/outdated.ts";
import type { Size } from "../task.ts";
import type { Architecture } from "./architecture.ts";
import { foreignComponent } from "./foreign-component.ts";

const textEncoder = { folder: "text_encoder", stem: "model", tokenizer: "tokenizer" } as const;
const unet = { folder: "unet", stem: "diffusion_pytorch_model" } as const;
const vae = {
  folder: "vae",
  stem: "diffusion_pytorch_model",
  exportFolder: "vae_decoder",
} as const;

/**
 * Stable Diffusion 1 and 2 (arXiv 2112.10752), text to image: one CLIP text encoder, a UNet over latents, an autoencoder;
 * as published, or exported by Optimum or diffusers. Pipelines that start from a picture have the same components.
 */
export const stableDiffusionArchitecture: Architecture = {
  name: "stable-diffusion",
  pipelines: [
    "StableDiffusionPipeline",
    "ORTStableDiffusionPipeline",
    "OnnxStableDiffusionPipeline",
    "StableDiffusionImg2ImgPipeline",
    "ORTStableDiffusionImg2ImgPipeline",
    "OnnxStableDiffusionImg2ImgPipeline",
    "StableDiffusionInpaintPipeline",
    "ORTStableDiffusionInpaintPipeline",
    "OnnxStableDiffusionInpaintPipeline",
    "StableDiffusionInpaintPipelineLegacy",
    "OnnxStableDiffusionInpaintPipelineLegacy",
    "CycleDiffusionPipeline",
  ],

  mismatch(model) {
    const foreign = foreignComponent(model);
    if (foreign !== undefined) return foreign;
    // An inpainting UNet takes a mask and a masked picture beside the latent.
    const { in_channels: taken = 4 } = model.json("unet/config.json") ?? {};
    const { latent_channels: given = 4 } =
      model.json("vae/config.json") ?? model.json("vae_decoder/config.json") ?? {};
    if (taken === given) return undefined;
    return `its UNet takes ${taken} channels, while the latents of its autoencoder have ${given}, so it is not made to draw from text alone`;
  },

  files(model, { variant }) {
    schedulerConfig(model);
    return [
      "model_index.json",
      scheduleFile,
      ...tokenizerFiles(model, textEncoder.tokenizer),
      ...[textEncoder, unet, vae].flatMap((each) => componentFiles(model, each, variant)),
    ];
  },

  open: (context) => openStableDiffusion(context, corrected),
};

/** Opens the components. `correct` gives the scheduler's settings, as the pipeline's class corrects them, for a sampler. */
export async function openStableDiffusion(
  context: LoadContext<DiffusionOptions>,
  correct: (schedule: SchedulerConfig, sampler: string) => SchedulerConfig,
): Promise<DiffusionComponents> {
  const { model, options } = context;
  const { prediction_type } = options;
  const schedule = { ...schedulerConfig(model), ...(prediction_type && { prediction_type }) };
  const scheduler = (sampler: string) => createScheduler(correct(schedule, sampler), sampler);
  warnOfUnserved(context, scheduler);
  const prompts = clipPrompts(await openClipEncoder(context, textEncoder));
  const autoencoder = await openAutoencoder(context, vae);
  const denoiser = await openUNet(context, unet);
  return {
    prompts,
    denoiser,
    autoencoder,
    samplers: denoisingSamplers,
    scheduler,
    multiple: 8,
    native: nativeSize(model, autoencoder.factor),
  };
}

/** The size of the UNet's training, in pixels. Before diffusers 0.9 its config said 32 and meant 64. */
function nativeSize(model: LaunchListing, factor: number): Size {
  const { sample_size = 64, _diffusers_version: version } = requiredJson(model, "unet/config.json");
  const outdated = sample_size < 64 && /^0\.[0-8]\./.test(version);
  const size = outdated ? 64 : sample_size;
  const [height, width] = typeof size === "number" ? [size, size] : size;
  return { width: width * factor, height: height * factor };
}
