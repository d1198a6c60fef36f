import type { Single } from "@kindred/core";
import { controlledDenoiser } from "./control/controlled-denoiser.ts";
import type { Denoiser } from "./denoiser.ts";
import type { DiffusionModel } from "./diffusion-model.ts";
import { draw } from "./draw.ts";
import type { Origin } from "./origin.ts";
import { latentMask } from "./picture/area.ts";
import type { Area } from "./picture/area.ts";
import { pixelTensor, unsigned } from "./picture/pixel-tensor.ts";
import { resize } from "./picture/resize.ts";
import { sketching } from "./picture/sketch.ts";
import type { ReadyOrigin } from "./request/ready-origin.ts";
import { prepareRequest } from "./request/ready-request.ts";
import type { ReadyRequest } from "./request/ready-request.ts";
import { isSameSize, sizeText } from "./request/size.ts";
import type { ImageEvent, ImageRequest, Picture, Pictures, Pixels } from "./task.ts";

export type DiffusionPipeline = Single<ImageRequest, Pictures, ImageEvent, ReadyRequest>;

/** Draws from text or over a picture, one picture after another. */
export function diffusionPipeline(model: DiffusionModel): DiffusionPipeline {
  const { steps, guidance } = model.defaults;
  const { autoencoder, controlNets = [], denoiser } = model;
  const sketchOf = sketching(autoencoder);
  return {
    info: {
      model_type: "image",
      model_ability: abilitiesOf(model),
      size: sizeText(model.defaults),
      ...(model.only && { drawn_size: sizeText(model.only) }),
      max_side: model.limits.maxSide,
      max_pixel_steps: model.limits.maxPixelSteps,
      ...(controlNets.length > 0 && { controlnet: controlNets.map(({ name }) => name) }),
      samplers: model.samplers,
      defaults: { num_inference_steps: steps, guidance_scale: guidance },
      ...model.told,
    },

    prepare: (request, { signal }) => prepareRequest(model, request, signal),

    async run(ready, { signal, onEvent }) {
      const { settings, drawn, size, schedule, conditions, prompts, seeds, previews } = ready;
      const ofPrompts = await prompts.encode(signal);
      const denoise = ready.way(await controlled(denoiser, ready, signal), {
        dims: [
          1,
          denoiser.inpaints ? 2 * size.channels + 1 : size.channels,
          size.height,
          size.width,
        ],
        conditions: {
          prompt: { ...conditions?.prompt, ...ofPrompts.prompt },
          negative: ofPrompts.negative && { ...conditions?.negative, ...ofPrompts.negative },
        },
        guidance: { scale: settings.guidance, rescale: settings.guidanceRescale },
        signal,
      });
      const sketch = previews > 0 ? await sketchOf(size, signal) : undefined;
      const origin = ready.origin && (await originOf(model, ready, ready.origin, signal));
      const finish = ready.origin?.finish ?? ((pixels: Pixels) => resize(pixels, settings));
      const shared = { schedule, denoise, autoencoder, size, origin, finish, previews, sketch };
      const pictures: Picture[] = [];
      for (const [i, seed] of seeds.entries()) {
        const onStep = report(onEvent, i, seeds.length);
        pictures.push(await draw({ ...shared, seed, onStep, signal }));
      }
      return {
        pictures,
        settings,
        drawn: isSameSize(drawn, settings) ? undefined : drawn,
        model: model.id,
        promptTokens: prompts.tokens,
        cut: prompts.cut,
        guided: ready.guided,
      };
    },
  };
}

function abilitiesOf({ autoencoder, denoiser }: DiffusionModel): readonly string[] {
  if (denoiser.inpaints) return ["inpainting"];
  return ["text2image", ...(autoencoder.encoder ? ["image2image", "inpainting"] : [])];
}

/** The denoiser with the ControlNets of a request. */
async function controlled(
  denoiser: Denoiser,
  { controls, schedule, size }: ReadyRequest,
  signal: AbortSignal,
): Promise<Denoiser> {
  if (!controls) return denoiser;
  const each = controls.each.map(async ({ picture, ...control }) => {
    return { ...control, picture: await pixelTensor(picture, signal, { values: unsigned }) };
  });
  return controlledDenoiser(denoiser, await Promise.all(each), {
    guess: controls.guess,
    steps: schedule.timesteps.length,
    channels: size.channels,
  });
}

/** Encodes what a drawing starts from. All pictures of a request share it. */
async function originOf(
  { autoencoder, denoiser }: DiffusionModel,
  { settings, size }: ReadyRequest,
  { picture, area }: ReadyOrigin,
  signal: AbortSignal,
): Promise<Origin> {
  const encode = (grey?: Area) => autoencoder.encoder!.encode(picture, grey, signal);
  return {
    picture: await encode(),
    isWhole: settings.strength === 1,
    inpainting: area && {
      mask: latentMask(area, size),
      masked: await encode(area),
      denoiserTakesMask: denoiser.inpaints ?? false,
    },
  };
}

/** Counts the steps of one of several pictures among those of all. */
function report(onEvent: (event: ImageEvent) => void, picture: number, count: number) {
  return ({ done, total, ...event }: ImageEvent): void =>
    onEvent({ done: picture * total + done, total: count * total, ...event });
}
