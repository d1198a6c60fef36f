import type { LoadContext, ModelListing } from "@kindred/core";
import { openClipEncoder } from "../components/clip-encoder.ts";
import { openAutoencoder } from "../components/kl-autoencoder.ts";
import { textEncoder, unet, vae } from "../components/named-components.ts";
import { controlNets15 } from "../components/published-control-nets.ts";
import { schedulerConfig } from "../components/scheduler-config.ts";
import { checkScheduler } from "../components/unserved-scheduler.ts";
import { openUNet } from "../components/unet-denoiser.ts";
import { unetSize } from "../components/unet-size.ts";
import type { DiffusionComponents } from "../diffusion-model.ts";
import { clipPrompts } from "../prompt/clip-prompts.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import type { SchedulerConfig } from "../schedulers/config.ts";
import { createScheduler } from "../schedulers/create.ts";
import { denoisingSamplers } from "../schedulers/names.ts";
import { corrected } from "../schedulers/outdated.ts";
import type { Architecture } from "./architecture.ts";
import { checkpointFiles } from "./checkpoint-files.ts";
import { foreignChannels, unetChannels } from "./foreign-channels.ts";
import { foreignComponent } from "./foreign-component.ts";

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
    return (
      foreignComponent(model) ?? foreignChannels(model, unetChannels) ?? mismatchedWidth(model)
    );
  },

  files: (model, { variant }) =>
    checkpointFiles(model, { texts: [textEncoder], others: [unet, vae] }, variant),

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
  checkScheduler(context, denoisingSamplers, scheduler);
  const prompts = clipPrompts(await openClipEncoder(context, textEncoder));
  const autoencoder = await openAutoencoder(context, vae);
  const { denoiser, controlNets } = await openUNet(context, unet, {
    factor: autoencoder.factor,
    published: controlNets15,
  });
  return {
    prompts,
    denoiser,
    controlNets,
    autoencoder,
    samplers: denoisingSamplers,
    scheduler,
    fields: ["deepcacheInterval"],
    // An autoencoder of five levels has latent pixels of 16 pixels a side.
    multiple: Math.max(8, autoencoder.factor),
    native: unetSize(model, autoencoder.factor),
  };
}

/** Says that the UNet does not take what the text encoder gives, or does not give what it takes, as a clause. */
function mismatchedWidth(model: ModelListing): string | undefined {
  const { hidden_size: text } = model.json("text_encoder/config.json") ?? {};
  const unet = model.json("unet/config.json") ?? {};
  const { cross_attention_dim: context, in_channels: taken = 4, out_channels: given = 4 } = unet;
  if (typeof text === "number" && typeof context === "number" && text !== context) {
    return `its UNet takes texts of ${context} numbers a token, while its text encoder gives ${text}`;
  }
  if (taken === given || taken === 2 * given + 1) return undefined;
  return `its UNet takes latents of ${taken} channels and gives ${given}`;
}
