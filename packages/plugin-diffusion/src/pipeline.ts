import type { Single } from "@kindred/core";
import { takesPart } from "./control/controlled-denoiser.ts";
import type { DiffusionModel } from "./diffusion-model.ts";
import { passSteps } from "./pass-steps.ts";
import type { PassSteps } from "./pass-steps.ts";
import { openPass } from "./pass.ts";
import type { DrawPass, PassOver } from "./pass.ts";
import { sketching } from "./picture/sketch.ts";
import type { ReadyControl } from "./request/ready-controls.ts";
import type { ReadyPass } from "./request/ready-pass.ts";
import { prepareRequest } from "./request/ready-request.ts";
import type { ReadyRequest } from "./request/ready-request.ts";
import { isSameSize, sizeText } from "./request/size.ts";
import type { ImageEvent, ImageRequest, Picture, Pictures } from "./task.ts";
import { enlargingOf } from "./upscaling/enlarging.ts";
import { scalesOf } from "./upscaling/scales.ts";

export type DiffusionPipeline = Single<ImageRequest, Pictures, ImageEvent, ReadyRequest>;

/** Draws from text or over a picture, one picture after another. */
export function diffusionPipeline(model: DiffusionModel): DiffusionPipeline {
  const { steps, guidance, deepcacheInterval: interval } = model.defaults;
  const { controlNets = [] } = model;
  const sketchOf = sketching(model);
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
      defaults: {
        num_inference_steps: steps,
        guidance_scale: guidance,
        ...(interval !== undefined && { deepcache_interval: interval }),
      },
      // An upscaler's own scale may become known at its first run.
      get upscales() {
        return model.upscaler && scalesOf(model.upscaler.upscaler);
      },
      ...model.told,
    },

    prepare: (request, { signal }) => prepareRequest(model, request, signal),

    usage: ({ pictures, steps, promptTokens: tokens }) => ({
      tokens,
      pictures: pictures.length,
      steps,
    }),

    async run(ready, { signal, onEvent }) {
      const { settings, prompts, seeds, previews } = ready;
      const texts = await prompts.encode(signal);
      const steps = passSteps(
        ready.passes.map(({ schedule }) => schedule.timesteps.length),
        previews,
      );
      const passes: PlacedPass[] = [];
      for (const [i, pass] of ready.passes.entries()) {
        const sketch = previews > 0 ? await sketchOf(pass.size, signal) : undefined;
        const draw = await openPass(model, ready, pass, { texts, sketch, signal });
        passes.push({ ...steps.passes[i]!, draw });
      }
      const enlarging = await enlargingOf(model, ready, signal);
      const each = steps.total + (enlarging?.tiles ?? 0);
      const pictures: Picture[] = [];
      for (const [i, seed] of seeds.entries()) {
        const onStep = report(onEvent, { before: i * each, total: seeds.length * each });
        const picture = await drawInPasses(passes, seed, onStep);
        const onTile = (done: number) => onStep(steps.total + done, undefined);
        pictures.push((await enlarging?.enlarge(picture, onTile)) ?? picture);
      }
      const { drawn } = ready.passes.at(-1)!;
      return {
        pictures,
        settings,
        steps: seeds.length * steps.total,
        drawn: isSameSize(drawn, settings) ? undefined : drawn,
        tiled: ready.passes.some(({ isTiled }) => isTiled) || undefined,
        idleControls: idleControls(ready.passes),
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

/** The ControlNets that take part in no step of any pass. */
function idleControls(passes: readonly ReadyPass[]): readonly string[] {
  const controls = passes[0]?.controls?.each ?? [];
  const isIdle = (control: ReadyControl) =>
    passes.every(({ schedule: { timesteps } }) =>
      timesteps.every((_, step) => !takesPart(control, step, timesteps.length)),
    );
  return controls.filter(isIdle).map(({ name }) => name);
}

interface PlacedPass extends PassSteps {
  readonly draw: DrawPass;
}

type OnStep = PassOver["onStep"];

/** Draws one picture, each pass over the picture of the one before. */
async function drawInPasses(
  passes: readonly PlacedPass[],
  seed: number,
  onStep: OnStep,
): Promise<Picture> {
  let picture: Picture | undefined;
  for (const { draw, before, shown } of passes) {
    const onOwnStep: OnStep = (done, preview) => onStep(before + done, preview);
    picture = await draw({ seed, shown, before: picture, onStep: onOwnStep });
  }
  return picture!;
}

/** Counts the steps of one of several pictures among those of all. */
function report(
  onEvent: (event: ImageEvent) => void,
  { before, total }: { readonly before: number; readonly total: number },
): OnStep {
  return (done, preview) => onEvent({ done: before + done, total, ...(preview && { preview }) });
}
