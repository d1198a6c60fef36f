import type { ModelListing } from "@kindred/core";
import { openAutoencoder } from "../components/kl-autoencoder.ts";
import { textEncoder, textEncoder2, unet, vae } from "../components/named-components.ts";
import { openPenultimate } from "../components/penultimate-encoder.ts";
import { controlNetsXl } from "../components/published-control-nets.ts";
import { schedulerConfig } from "../components/scheduler-config.ts";
import { openUNet } from "../components/unet-denoiser.ts";
import { unetSize } from "../components/unet-size.ts";
import { checkScheduler } from "../components/unserved-scheduler.ts";
import { microFields } from "../micro-conditioning.ts";
import { sdxlPrompts } from "../prompt/sdxl-prompts.ts";
import { createScheduler } from "../schedulers/create.ts";
import { denoisingSamplers } from "../schedulers/names.ts";
import type { Architecture } from "./architecture.ts";
import { checkpointFiles } from "./checkpoint-files.ts";
import { foreignChannels, unetChannels } from "./foreign-channels.ts";
import { foreignComponent } from "./foreign-component.ts";

/**
 * Stable Diffusion XL (arXiv 2307.01952), text to image: two CLIP text encoders, a UNet that takes pooled text and the sizes of
 * the training's pictures beside the states, an autoencoder; as published, or exported by Optimum.
 */
export const stableDiffusionXlArchitecture: Architecture = {
  name: "stable-diffusion-xl",
  pipelines: [
    "StableDiffusionXLPipeline",
    "ORTStableDiffusionXLPipeline",
    "StableDiffusionXLImg2ImgPipeline",
    "ORTStableDiffusionXLImg2ImgPipeline",
    "StableDiffusionXLInpaintPipeline",
    "ORTStableDiffusionXLInpaintPipeline",
  ],

  mismatch(model) {
    const foreign = foreignComponent(model);
    if (foreign !== undefined) return foreign;
    if (model.json("model_index.json")?.requires_aesthetics_score === true)
      return "it is a refiner, which goes on with another model's picture";
    return foreignChannels(model, unetChannels) ?? mismatchedText(model);
  },

  files: (model, { variant }) =>
    checkpointFiles(model, { texts: [textEncoder, textEncoder2], others: [unet, vae] }, variant),

  async open(context) {
    const { model, options } = context;
    const { prediction_type } = options;
    const schedule = { ...schedulerConfig(model), ...(prediction_type && { prediction_type }) };
    const scheduler = (sampler: string) => createScheduler(schedule, sampler);
    checkScheduler(context, denoisingSamplers, scheduler);
    const encoders = [
      await openPenultimate(context, textEncoder, { projected: false }),
      await openPenultimate(context, textEncoder2, { projected: true }),
    ] as const;
    const autoencoder = await openAutoencoder(context, vae);
    const { denoiser, controlNets } = await openUNet(context, unet, {
      factor: autoencoder.factor,
      published: controlNetsXl,
    });
    const { force_zeros_for_empty_prompt: zeroAbsent = true } =
      model.json("model_index.json") ?? {};
    return {
      prompts: sdxlPrompts({ encoders, zeroAbsent }),
      denoiser,
      controlNets,
      autoencoder,
      samplers: denoisingSamplers,
      scheduler,
      fields: ["prompt2", "negativePrompt2", "deepcacheInterval", ...microFields],
      multiple: 8,
      native: unetSize(model, autoencoder.factor),
    };
  },
};

/** Says that the UNet does not take what both text encoders give together, as a clause. */
function mismatchedText(model: ModelListing): string | undefined {
  const widths = [textEncoder, textEncoder2].map(
    ({ folder }) => model.json(`${folder}/config.json`)?.hidden_size,
  );
  const { cross_attention_dim: taken } = model.json("unet/config.json") ?? {};
  if (![...widths, taken].every((width) => typeof width === "number")) return undefined;
  const given = widths.reduce((sum, width) => sum + width, 0);
  if (given === taken) return undefined;
  return `its UNet takes texts of ${taken} numbers a token, while its text encoders give ${widths.join(" and ")}`;
}
