import { throwIfAborted } from "@kindred/core";
import type { Decoder } from "./decoder.ts";
import type { Denoise } from "./denoiser.ts";
import { generator } from "./noise/generator.ts";
import { resize } from "./picture/resize.ts";
import type { Sketch } from "./picture/sketch.ts";
import type { Scheduler } from "./schedulers/scheduler.ts";
import type { ImageEvent, LatentSize, Picture, Settings } from "./task.ts";

export interface Drawing {
  readonly scheduler: Scheduler;
  readonly settings: Settings;
  readonly size: LatentSize;
  readonly denoise: Denoise;
  readonly decoder: Decoder;
  readonly seed: number;
  readonly previews: number;
  readonly sketch: Sketch | undefined;
  /** Hears of this picture's steps alone. */
  readonly onStep: (event: ImageEvent) => void;
  readonly signal: AbortSignal;
}

/** Noise, stepped to a clean latent, decoded, at the size that was asked for: one picture. All its noise is the seed's, in diffusers' order. */
export async function draw(drawing: Drawing): Promise<Picture> {
  const { scheduler, settings, size, denoise, decoder, seed, onStep, signal } = drawing;
  const random = generator(seed);
  const noise = () => random.normal(size.channels * size.height * size.width);
  const first = noise();
  const sampling = scheduler.start({ steps: settings.steps, noise });
  const total = sampling.timesteps.length;
  const shown = previewSteps(drawing.previews, total);

  let latent: Float32Array = first.map((value) => value * sampling.initialNoiseScale);
  for (const [i, timestep] of sampling.timesteps.entries()) {
    throwIfAborted(signal);
    const output = await denoise(sampling.scaleInput(latent, i), timestep);
    const step = sampling.step(output, latent, i);
    latent = step.latent;
    const index = shown.indexOf(i);
    const preview = index < 0 ? undefined : { index, ...(await show(drawing, step.denoised)) };
    onStep({ done: i + 1, total, ...(preview && { preview }) });
  }
  throwIfAborted(signal);
  const pixels = await decoder.decode({ ...size, values: latent }, signal);
  return { ...(await resize(pixels, settings)), seed };
}

/** Evenly between the first step and the last, which the picture itself follows. */
function previewSteps(previews: number, total: number): readonly number[] {
  const steps = Array.from({ length: previews }, (_, i) =>
    Math.floor(((i + 1) * total) / (previews + 1)),
  );
  return [...new Set(steps)].filter((step) => step < total - 1);
}

async function show(
  { sketch, size, settings, seed }: Drawing,
  denoised: Float32Array,
): Promise<Picture> {
  const pixels = await sketch!({ ...size, values: denoised });
  return { ...(await resize(pixels, settings)), seed };
}
