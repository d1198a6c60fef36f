import { existsSync } from "node:fs";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import type { ModelFamily } from "@kindred/core";
import { expect, test } from "vitest";
import { stableDiffusionArchitecture } from "../src/architectures/stable-diffusion.ts";
import { image } from "../src/index.ts";
import type { ImageEvent, Pixels } from "../src/index.ts";
import { resize } from "../src/picture/resize.ts";
import { diffusionPipeline } from "../src/pipeline.ts";
import type { Schedule } from "../src/schedulers/scheduler.ts";

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

/** A family that compares each preview with the decoder's picture of the latent that was predicted at its step. */
function comparing(correlations: number[]): ModelFamily<typeof image> {
  return {
    name: "comparing",
    task: image,
    match: () => "own",
    async load(context) {
      const components = await stableDiffusionArchitecture.open({ ...context, options: {} });
      const { autoencoder } = components;
      const predicted: Float32Array[] = [];
      const pipeline = diffusionPipeline({
        ...components,
        id: context.model.id,
        device: context.device,
        scheduler(sampler) {
          const scheduler = components.scheduler(sampler);
          const schedule: typeof scheduler.schedule = (request) =>
            recording(scheduler.schedule(request), predicted);
          return { ...scheduler, schedule };
        },
        defaults: { width: 64, height: 64, steps, guidance: 5 },
        limits: { maxSide: 2048, maxPixelSteps: 1e9 },
      });
      return {
        ...pipeline,
        async run(ready, call) {
          const events: ImageEvent[] = [];
          const output = await pipeline.run(ready, {
            ...call,
            onEvent: (event) => events.push(event),
          });
          for (const { done, preview } of events.filter((event) => event.preview)) {
            const latent = { ...ready.passes[0]!.size, values: predicted[done - 1]! };
            const decoded = await autoencoder.decode(latent, call.signal);
            correlations.push(correlation(await resize(preview!, decoded), decoded));
          }
          return output;
        },
      };
    },
  };
}

/** Adds the latent that is predicted at each step to `predicted`. */
function recording(schedule: Schedule, predicted: Float32Array[]): Schedule {
  return {
    ...schedule,
    start(noise) {
      const sampling = schedule.start(noise);
      return {
        step(output, latent, i) {
          const step = sampling.step(output, latent, i);
          predicted.push(step.denoised.slice());
          return step;
        },
      };
    },
  };
}

/** Pearson's correlation over all colours of all pixels. */
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
