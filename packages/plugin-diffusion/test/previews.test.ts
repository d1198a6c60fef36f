import { existsSync } from "node:fs";
import { join } from "node:path";
import { createKernel, graphRuntime } from "@kindred/core";
import type { LoadContext, ModelFamily } from "@kindred/core";
import { expect, test } from "vitest";
import { componentConfig } from "../src/components/component-config.ts";
import { openTextEncoder } from "../src/components/text-encoder.ts";
import { openUNet } from "../src/components/unet-denoiser.ts";
import { openDecoder } from "../src/components/vae-decoder.ts";
import { image } from "../src/index.ts";
import type { ImageEvent, Pixels } from "../src/index.ts";
import { resize } from "../src/picture/resize.ts";
import { diffusionPipeline } from "../src/pipeline.ts";
import { createScheduler } from "../src/schedulers/create.ts";
import type { Scheduler } from "../src/schedulers/scheduler.ts";

const folder = join(process.env["KINDRED_MODELS"] ?? "", "demo-image");
const steps = 20;

test.skipIf(!existsSync(folder)).each([
  ["default", "a red apple on a white background", 1],
  ["default", "a house at night", 2],
  ["Euler a", "a rainbow over mountains", 3],
  ["DPM++ 2M Karras", "a yellow smiley", 4],
])(
  "with %s, previews of %j are like the autoencoder's pictures (KINDRED_MODELS)",
  async (sampler, prompt, seed) => {
    const found: number[] = [];
    await using kernel = await createKernel({
      plugins: [{ contract: 1, name: "previews", families: [comparing(found)] }],
      models: [{ id: "demo", source: folder }],
    });
    await kernel.run(image, "demo", { prompt, seed, sampler, steps, guidance: 5, previews: steps });
    expect(found.length).toBeGreaterThanOrEqual(0.75 * steps);
    for (const correlation of found.slice(-0.75 * steps))
      expect(correlation).toBeGreaterThanOrEqual(0.8);
  },
);

/** Draws, and compares each preview with what the decoder makes of the latent that was predicted at its step. */
function comparing(correlations: number[]): ModelFamily<typeof image> {
  return {
    name: "comparing",
    task: image,
    match: () => "own",
    async load(context) {
      const { model, device, get } = context as LoadContext;
      const files = { model, variant: undefined };
      const prompts = await openTextEncoder(context, files);
      const denoiser = await openUNet(context, files);
      const decoder = await openDecoder(context, files);
      const config = componentConfig(model, "scheduler/scheduler_config.json");
      const predicted: Float32Array[] = [];
      const pipeline = diffusionPipeline({
        id: model.id,
        prompts,
        denoiser,
        decoder,
        samplers: [],
        scheduler: (sampler) => recording(createScheduler(config, sampler), predicted),
        defaults: { width: 64, height: 64, steps, guidance: 5 },
        memory: { device, overheadBytes: get(graphRuntime).overheadBytes ?? 0 },
      });
      return {
        async run(request, call) {
          const events: ImageEvent[] = [];
          const output = await pipeline.run(request, {
            ...call,
            onEvent: (event) => events.push(event),
          });
          const side = 64 / decoder.factor;
          for (const { done, preview } of events.filter((event) => event.preview)) {
            const values = predicted[done - 1]!;
            const latent = { values, channels: decoder.channels, height: side, width: side };
            const decoded = await decoder.decode(latent, call.signal);
            correlations.push(correlation(await resize(preview!, decoded), decoded));
          }
          return output;
        },
      };
    },
  };
}

function recording(scheduler: Scheduler, predicted: Float32Array[]): Scheduler {
  return {
    ...scheduler,
    start(options) {
      const sampling = scheduler.start(options);
      return {
        ...sampling,
        step(output, latent, index) {
          const step = sampling.step(output, latent, index);
          predicted.push(step.denoised.slice());
          return step;
        },
      };
    },
  };
}

/** Pearson's, over all colours of all pixels. */
function correlation({ rgb: a }: Pixels, { rgb: b }: Pixels): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = a.reduce((sum, value, i) => sum + (value - meanA) * (b[i]! - meanB), 0);
  return product / Math.sqrt(spread(a, meanA) * spread(b, meanB));
}

function mean(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: Uint8Array, middle: number): number {
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
}
