import { graphRuntime, KernelError } from "@kindred/core";
import type { Checkpoint, ModelFamily, ModelFolder, ModelListing } from "@kindred/core";
import * as z from "zod";
import { componentConfig } from "./components/component-config.ts";
import { openTextEncoder } from "./components/text-encoder.ts";
import { openUNet } from "./components/unet-denoiser.ts";
import { openDecoder } from "./components/vae-decoder.ts";
import { guidanceField, stepsField } from "./endpoints/fields.ts";
import { sizeField, sizeOf } from "./endpoints/size.ts";
import { diffusionPipeline } from "./pipeline.ts";
import { FLOW } from "./schedulers/classes.ts";
import { createScheduler } from "./schedulers/create.ts";
import { samplers } from "./schedulers/names.ts";
import { corrected } from "./schedulers/outdated.ts";
import { image } from "./task.ts";
import type { Size } from "./task.ts";

/** A kind of Stable Diffusion 1 or 2 as a table of facts; what a folder's own files say wins over them. */
export interface StableDiffusionFamily {
  readonly name: string;
  readonly checkpoints: readonly Checkpoint[];
  /** Of folders that hold a Stable Diffusion 1 or 2. */
  match(model: ModelListing): boolean;
  /** What a request that is silent means. */
  readonly steps: number;
  readonly guidance: number;
}

/** What a launch may set. */
export interface DiffusionOptions {
  /** "fp16": which of a component's files is taken. Default: the plain one. */
  readonly variant?: string | undefined;
  /** What a request that is silent means. Default: the checkpoint's. */
  readonly steps?: number | undefined;
  readonly guidance?: number | undefined;
  /** As "512x768". Default: what the UNet was trained at. */
  readonly size?: string | undefined;
  /** Draws as large as the UNet was trained, and resizes to what is asked. Default false: draws what is asked. */
  readonly enlarge?: boolean | undefined;
}

const optionsSchema: z.ZodType<DiffusionOptions> = z.strictObject({
  variant: z.string().regex(/^\w+$/).optional(),
  steps: stepsField.optional(),
  guidance: guidanceField.optional(),
  size: sizeField.optional(),
  enlarge: z.boolean().optional(),
});

/** A family of the image task from its facts: CLIP, UNet and autoencoder out of a diffusers folder, or of its ONNX export. */
export function stableDiffusion(
  facts: StableDiffusionFamily,
): ModelFamily<typeof image, DiffusionOptions> {
  return {
    name: facts.name,
    task: image,
    checkpoints: facts.checkpoints,
    options: optionsSchema,
    match: (model) => isStableDiffusion(model) && facts.match(model) && "own",

    async load(context) {
      const { model, checkpoint, device, options, get } = context;
      const files = { model, variant: options.variant };
      const schedule = componentConfig(model, "scheduler/scheduler_config.json");
      const { steps, guidance } = { ...facts, ...checkpoint?.defaults };
      const prompts = await openTextEncoder(context, files);
      const decoder = await openDecoder(context, files);
      refuseOtherInputs(model, decoder.channels);
      const denoiser = await openUNet(context, files);
      const native = nativeSize(model, decoder.factor);
      return diffusionPipeline({
        id: model.id,
        prompts,
        denoiser,
        decoder,
        samplers: stepping,
        scheduler: (sampler) => createScheduler(corrected(schedule, sampler), sampler),
        defaults: {
          steps: options.steps ?? steps,
          guidance: options.guidance ?? guidance,
          ...native,
          ...sizeOf(options.size),
        },
        only: options.enlarge ? native : undefined,
        memory: { device, overheadBytes: get(graphRuntime).overheadBytes ?? 0 },
      });
    },
  };
}

/** All but those for models trained to flow. */
const stepping = Object.keys(samplers).filter((name) => samplers[name]?.className !== FLOW);

function isStableDiffusion(model: ModelListing): boolean {
  return /^(ORT|Onnx)?StableDiffusionPipeline$/.test(model.json("model_index.json")?._class_name);
}

/** What the UNet was trained at, in pixels. Before diffusers 0.9 its config said 32 and meant 64. */
function nativeSize(model: ModelFolder, factor: number): Size {
  const { sample_size = 64, _diffusers_version: version } = componentConfig(
    model,
    "unet/config.json",
  );
  const outdated = sample_size < 64 && /^0\.[0-8]\./.test(version);
  const size = outdated ? 64 : sample_size;
  const [height, width] = typeof size === "number" ? [size, size] : size;
  return { width: width * factor, height: height * factor };
}

/** An inpainting UNet takes a mask and a masked image beside the latent. */
function refuseOtherInputs(model: ModelFolder, channels: number): void {
  const { in_channels: found = 4 } = componentConfig(model, "unet/config.json");
  if (found === channels) return;
  throw new KernelError(
    "LOAD_FAILED",
    `The UNet of "${model.id}" takes ${found} channels, the latents of its autoencoder have ${channels}. Only text-to-image UNets are served.`,
  );
}
