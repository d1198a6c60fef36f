import type { Single } from "@kindred/core";
import type { DiffusionModel } from "./diffusion-model.ts";
import { draw } from "./draw.ts";
import type { Origin } from "./origin.ts";
import { latentMask } from "./picture/area.ts";
import type { Area } from "./picture/area.ts";
import { resize } from "./picture/resize.ts";
import { sketching } from "./picture/sketch.ts";
import type { ReadyOrigin } from "./request/ready-origin.ts";
import { prepareRequest } from "./request/ready-request.ts";
import type { ReadyRequest } from "./request/ready-request.ts";
import { isSameSize, sizeText } from "./request/size.ts";
import type { ImageEvent, ImageRequest, Picture, Pictures, Pixels } from "./task.ts";
import { enlargingOf } from "./upscaling/enlarging.ts";
import { scalesOf } from "./upscaling/scales.ts";

export type DiffusionPipeline = Single<ImageRequest, Pictures, ImageEvent, ReadyRequest>;

/** Draws from text or over a picture, one picture after another. */
export function diffusionPipeline(model: DiffusionModel): DiffusionPipeline {
  const { steps, guidance } = model.defaults;
  const { autoencoder, denoiser } = model;
  const sketchOf = sketching(autoencoder);
  return {
    info: {
      model_type: "image",
      model_ability: abilitiesOf(model),
      size: sizeText(model.defaults),
      ...(model.only && { drawn_size: sizeText(model.only) }),
      max_side: model.limits.maxSide,
      max_pixel_steps: model.limits.maxPixelSteps,
      samplers: model.samplers,
      defaults: { num_inference_steps: steps, guidance_scale: guidance },
      // An upscaler's own scale may become known at its first run.
      get upscales() {
        return model.upscaler && scalesOf(model.upscaler.upscaler);
      },
      ...model.told,
    },

    prepare: (request, { signal }) => prepareRequest(model, request, signal),

    async run(ready, { signal, onEvent }) {
      const { settings, drawn, size, schedule, conditions, prompts, seeds, previews } = ready;
      const ofPrompts = await prompts.encode(signal);
      const denoise = ready.way(denoiser, {
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
      const enlarging = await enlargingOf(model, ready, signal);
      const steps = schedule.timesteps.length;
      const pictures: Picture[] = [];
      for (const [i, seed] of seeds.entries()) {
        const onStep = report(onEvent, i, { pictures: seeds.length, tiles: enlarging?.tiles });
        const picture = await draw({ ...shared, seed, onStep, signal });
        pictures.push((await enlarging?.enlarge(picture, steps, onStep)) ?? picture);
      }
      return {
        pictures,
        settings,
        drawn: isSameSize(drawn, settings) ? undefined : drawn,
        enlarged: enlarging?.told,
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

/** Counts the steps of one of several pictures among those of all, and the tiles that each is enlarged by. */
function report(
  onEvent: (event: ImageEvent) => void,
  picture: number,
  { pictures, tiles = 0 }: { readonly pictures: number; readonly tiles: number | undefined },
) {
  return ({ done, total, ...event }: ImageEvent): void => {
    const each = total + tiles;
    onEvent({ done: picture * each + done, total: pictures * each, ...event });
  };
}
