import type { Single } from "@kindred/core";
import type { DiffusionModel } from "./diffusion-model.ts";
import { passSteps } from "./pass-steps.ts";
import { openPass } from "./pass.ts";
import type { DrawPass, PassOver } from "./pass.ts";
import { sketching } from "./picture/sketch.ts";
import { prepareRequest } from "./request/ready-request.ts";
import type { ReadyRequest } from "./request/ready-request.ts";
import { isSameSize, sizeText } from "./request/size.ts";
import type { ImageEvent, ImageRequest, Picture, Pictures } from "./task.ts";

export type DiffusionPipeline = Single<ImageRequest, Pictures, ImageEvent, ReadyRequest>;

/** Draws from text or over a picture, one picture after another. */
export function diffusionPipeline(model: DiffusionModel): DiffusionPipeline {
  const { steps, guidance } = model.defaults;
  const sketchOf = sketching(model.autoencoder);
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
      ...model.told,
    },

    prepare: (request, { signal }) => prepareRequest(model, request, signal),

    async run(ready, { signal, onEvent }) {
      const { settings, prompts, seeds, previews } = ready;
      const texts = await prompts.encode(signal);
      const passes: DrawPass[] = [];
      for (const pass of ready.passes) {
        const sketch = previews > 0 ? await sketchOf(pass.size, signal) : undefined;
        passes.push(await openPass(model, ready, pass, { texts, sketch, signal }));
      }
      const lengths = ready.passes.map(({ schedule }) => schedule.timesteps.length);
      const steps = passSteps(lengths, previews);
      const each = lengths.reduce((sum, length) => sum + length, 0);
      const total = seeds.length * each;
      const pictures: Picture[] = [];
      for (const [i, seed] of seeds.entries()) {
        let picture: Picture | undefined;
        for (const [j, drawPass] of passes.entries()) {
          const { before, shown } = steps[j]!;
          const onStep: PassOver["onStep"] = (done, preview) =>
            onEvent({ done: i * each + before + done, total, ...(preview && { preview }) });
          picture = await drawPass({ seed, before: picture, shown, onStep });
        }
        pictures.push(picture!);
      }
      const { drawn } = ready.passes.at(-1)!;
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
