import { randomInt } from "node:crypto";
import { KernelError } from "@kindred/core";
import type { Single } from "@kindred/core";
import type { Decoder } from "./decoder.ts";
import { denoiserDims, guidedApart, guidedTogether, unguided } from "./denoiser.ts";
import type { Denoise, Denoiser, DenoiseOptions } from "./denoiser.ts";
import { draw } from "./draw.ts";
import { holds, refuseIfTooLarge } from "./memory.ts";
import type { Memory } from "./memory.ts";
import { sketching } from "./picture/sketch.ts";
import type { PromptEncoder } from "./prompt/prompt-encoder.ts";
import { isDefault } from "./schedulers/names.ts";
import type { Scheduler } from "./schedulers/scheduler.ts";
import { settingsOf } from "./request/settings.ts";
import type { Defaults } from "./request/settings.ts";
import { drawnSize, sizeText } from "./request/size.ts";
import type {
  ImageEvent,
  ImageRequest,
  LatentSize,
  Picture,
  Pictures,
  Settings,
  Size,
} from "./task.ts";

/** The parts of a latent diffusion model. */
export interface DiffusionModel {
  readonly id: string;
  readonly prompts: PromptEncoder;
  readonly denoiser: Denoiser;
  readonly decoder: Decoder;
  /** What may be asked of `scheduler`. */
  readonly samplers: readonly string[];
  /** The sampler of that name, over the checkpoint's own schedule. */
  scheduler(sampler: string): Scheduler;
  readonly defaults: Defaults;
  /** What it was trained at, where it draws nothing else: other sizes are then made of that. */
  readonly only?: Size | undefined;
  readonly memory: Memory;
}

export type DiffusionPipeline = Single<ImageRequest, Pictures, ImageEvent>;

/** Text to pictures, one after another. */
export function diffusionPipeline(model: DiffusionModel): DiffusionPipeline {
  const { steps, guidance } = model.defaults;
  const sketchOf = sketching(model.decoder);
  return {
    info: {
      model_type: "image",
      model_ability: ["text2image"],
      size: sizeText(model.defaults),
      ...(model.only && { drawn_size: sizeText(model.only) }),
      samplers: model.samplers,
      defaults: { num_inference_steps: steps, guidance_scale: guidance },
    },

    async run(request, { signal, onEvent }) {
      refuseUnsupported(request);
      const settings = settingsOf(request, model.defaults);
      const scheduler = model.scheduler(settings.sampler);
      // Says now if the schedule has no room for so many steps.
      scheduler.start({ steps: settings.steps, noise: () => new Float32Array() });
      const drawn = model.only ? drawnSize(settings, model.only) : settings;
      const size = latentSize(model, drawn);
      const way = wayOf(model, settings, size);

      const { prompt, clipSkip } = settings;
      const negativePrompt = settings.guidance > 1 ? settings.negativePrompt : undefined;
      const states = await model.prompts.encode({ prompt, negativePrompt, clipSkip }, signal);
      const denoise = way(model.denoiser, {
        dims: [1, size.channels, size.height, size.width],
        states,
        guidance: { scale: settings.guidance, rescale: settings.guidanceRescale },
        signal,
      });

      const { count = 1, seed = randomInt(2 ** 32), previews = 0 } = request;
      const sketch = previews > 0 ? await sketchOf(size, signal) : undefined;
      const pictures: Picture[] = [];
      for (let i = 0; i < count; i++) {
        const drawing = {
          scheduler,
          settings,
          size,
          denoise,
          decoder: model.decoder,
          seed: seed + i,
        };
        const shown = { previews, sketch, onStep: report(onEvent, i, count) };
        pictures.push(await draw({ ...drawing, ...shown, signal }));
      }
      const sampler = isDefault(settings.sampler) ? scheduler.name : settings.sampler;
      return {
        pictures,
        settings: { ...settings, sampler },
        drawn: sizeText(drawn) === sizeText(settings) ? undefined : drawn,
        model: model.id,
        promptTokens: states.tokens,
      };
    },
  };
}

/** Counts the steps of one of several pictures among those of all. */
function report(onEvent: (event: ImageEvent) => void, picture: number, count: number) {
  return ({ done, total, ...event }: ImageEvent): void =>
    onEvent({ done: picture * total + done, total: count * total, ...event });
}

function latentSize({ decoder }: DiffusionModel, { width, height }: Size): LatentSize {
  const { channels, factor } = decoder;
  return { channels, width: Math.floor(width / factor), height: Math.floor(height / factor) };
}

/** How the denoiser is run: chosen by what its device holds in all, so that a launch always draws the same. */
function wayOf(
  { denoiser, decoder, memory }: DiffusionModel,
  settings: Settings,
  size: LatentSize,
): (denoiser: Denoiser, options: DenoiseOptions) => Denoise {
  const dims = [1, size.channels, size.height, size.width];
  const pixels = sizeText(settings);
  refuseIfTooLarge(memory, denoiser.graph, denoiserDims(dims, 1), pixels);
  refuseIfTooLarge(memory, decoder.graph, { latent_sample: dims }, pixels);
  if (settings.guidance <= 1) return unguided;
  return holds(memory, denoiser.graph, denoiserDims(dims, 2)) ? guidedTogether : guidedApart;
}

function refuseUnsupported(request: ImageRequest): void {
  for (const param of ["image", "mask", "strength", "control"] as const) {
    if (request[param] === undefined) continue;
    const message = `This model draws from text alone. Leave ${param} out.`;
    throw new KernelError("UNSUPPORTED", message, { param });
  }
}
