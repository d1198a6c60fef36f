import { KernelError } from "@kindred/core";
import type { LaunchListing, ModelListing } from "@kindred/core";
import { openAutoencoder } from "../components/kl-autoencoder.ts";
import { isLeftOut } from "../components/left-out.ts";
import {
  textEncoder,
  textEncoder2,
  textEncoder3,
  transformer,
  vae,
} from "../components/named-components.ts";
import { openPenultimate } from "../components/penultimate-encoder.ts";
import { schedulerConfig } from "../components/scheduler-config.ts";
import { openSd3Denoiser } from "../components/sd3-denoiser.ts";
import { openT5Text } from "../components/t5-text.ts";
import { checkScheduler } from "../components/unserved-scheduler.ts";
import { sd3Prompts } from "../prompt/sd3-prompts.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import type { OptionalField } from "../request/optional-fields.ts";
import { createScheduler } from "../schedulers/create.ts";
import { flowingSamplers } from "../schedulers/names.ts";
import type { Architecture } from "./architecture.ts";
import { checkpointFiles } from "./checkpoint-files.ts";
import { foreignChannels } from "./foreign-channels.ts";
import { foreignComponent } from "./foreign-component.ts";

/**
 * Stable Diffusion 3 and 3.5 (arXiv 2403.03206), text to image: two CLIP text encoders and T5, which may be left out, a
 * transformer over latents and text, an autoencoder; as published, or exported by Optimum.
 */
export const stableDiffusion3Architecture: Architecture = {
  name: "stable-diffusion-3",
  pipelines: [
    "StableDiffusion3Pipeline",
    "ORTStableDiffusion3Pipeline",
    "StableDiffusion3Img2ImgPipeline",
    "ORTStableDiffusion3Img2ImgPipeline",
    "StableDiffusion3InpaintPipeline",
    "ORTStableDiffusion3InpaintPipeline",
  ],
  optional: ["text_encoder_3"],

  mismatch(model) {
    const taking = { folder: "transformer", called: "transformer", standard: 16 };
    return foreignComponent(model) ?? foreignChannels(model, taking) ?? mismatchedText(model);
  },

  files(model, options) {
    const texts = textEncoders(model, options);
    return checkpointFiles(model, { texts, others: [transformer, vae] }, options.variant);
  },

  async open(context) {
    const { model, options } = context;
    refuseControlNets(model, options);
    const schedule = schedulerConfig(model);
    const scheduler = (sampler: string) => createScheduler(schedule, sampler);
    checkScheduler(context, flowingSamplers, scheduler);
    const clips = [
      await openPenultimate(context, textEncoder, { projected: true }),
      await openPenultimate(context, textEncoder2, { projected: true }),
    ] as const;
    const t5 = isLeftOut(model, options, "text_encoder_3")
      ? undefined
      : await openT5Text(context, textEncoder3);
    const { denoiser, config } = await openSd3Denoiser(context, transformer);
    const autoencoder = await openAutoencoder(context, vae);
    const side = config.sample_size * autoencoder.factor;
    const multiple = config.patch_size * autoencoder.factor;
    return {
      prompts: sd3Prompts({ clips, t5, width: config.joint_attention_dim }),
      denoiser,
      autoencoder,
      samplers: flowingSamplers,
      scheduler,
      fields: ["prompt2", "negativePrompt2", "maxSequenceLength", ...(t5 ? textsOfT5 : [])],
      multiple,
      maxSide: config.pos_embed_max_size * multiple,
      native: { width: side, height: side },
    };
  },
};

function refuseControlNets({ id }: LaunchListing, { controlnet }: DiffusionOptions): void {
  if (controlnet == null) return;
  const message = `"${id}" was launched with options: { controlnet }, and no ControlNets of Stable Diffusion 3 are served. Leave it out.`;
  throw new KernelError("LOAD_FAILED", message);
}

const textsOfT5: readonly OptionalField[] = ["prompt3", "negativePrompt3"];

function textEncoders(model: LaunchListing, options: DiffusionOptions) {
  const clips = [textEncoder, textEncoder2];
  return isLeftOut(model, options, "text_encoder_3") ? clips : [...clips, textEncoder3];
}

/** Says that the transformer does not take what the text encoders give, as a clause. */
function mismatchedText(model: ModelListing): string | undefined {
  const facts = [textEncoder, textEncoder2].map(
    ({ folder }) => model.json(`${folder}/config.json`) ?? {},
  );
  const { d_model: t5 } = model.json("text_encoder_3/config.json") ?? {};
  const transformer = model.json("transformer/config.json") ?? {};
  const { joint_attention_dim: taken, pooled_projection_dim: pooled } = transformer;
  const sum = (field: string) => facts.reduce((total, each) => total + Number(each[field]), 0);
  if (typeof t5 === "number" && t5 !== taken)
    return `its transformer takes texts of ${taken} numbers a token, while T5 gives ${t5}`;
  if (sum("hidden_size") > taken)
    return `its transformer takes texts of ${taken} numbers a token, while its CLIPs give ${sum("hidden_size")}`;
  if (sum("projection_dim") === pooled || Number.isNaN(sum("projection_dim"))) return undefined;
  return `its transformer takes pooled texts of ${pooled} numbers, while its CLIPs give ${sum("projection_dim")}`;
}
