import { throwIfAborted } from "@kindred/core";
import type { Autoencoder } from "./autoencoder.ts";
import type { Denoise } from "./denoise.ts";
import { generator } from "./noise/generator.ts";
import { resize } from "./picture/resize.ts";
import type { Sketch } from "./picture/sketch.ts";
import type { Schedule } from "./schedulers/scheduler.ts";
import type { ImageEvent, LatentSize, Picture, Size } from "./task.ts";

export interface Drawing {
  readonly schedule: Schedule;
  readonly denoise: Denoise;
  readonly autoencoder: Autoencoder;
  /** The latent's size. */
  readonly size: LatentSize;
  /** The size of the picture in the end. */
  readonly picture: Size;
  readonly seed: number;
  /** Number of previews, and how they are made. */
  readonly previews: number;
  readonly sketch: Sketch | undefined;
  /** Hears of this picture's steps alone. */
  readonly onStep: (event: ImageEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Draws one picture: noise, stepped to a clean latent, decoded and resized. The seed gives all its noise, in the order in
 * which diffusers draws it. ABORTED between two steps.
 */
export async function draw(drawing: Drawing): Promise<Picture> {
  const { schedule, denoise, autoencoder, size, seed, onStep, signal } = drawing;
  const random = generator(seed);
  const noise = () => random.normal(size.channels * size.height * size.width);
  const total = schedule.timesteps.length;
  const shown = previewSteps(drawing.previews, total);

  let latent: Float32Array = noise().map((value) => value * schedule.initialNoiseScale);
  const sampling = schedule.start(noise);
  for (const [i, timestep] of schedule.timesteps.entries()) {
    throwIfAborted(signal);
    const output = await denoise(schedule.scaleInput(latent, i), timestep);
    const step = sampling.step(output, latent, i);
    latent = step.latent;
    const index = shown.indexOf(i);
    const preview = index < 0 ? undefined : { index, ...(await show(drawing, step.denoised)) };
    onStep({ done: i + 1, total, ...(preview && { preview }) });
  }
  throwIfAborted(signal);
  const pixels = await autoencoder.decode({ ...size, values: latent }, signal);
  return { ...(await resize(pixels, drawing.picture)), seed };
}

/** Evenly between the first step and the last. The picture itself follows the last. */
function previewSteps(previews: number, total: number): readonly number[] {
  const steps = Array.from({ length: previews }, (_, i) =>
    Math.floor(((i + 1) * total) / (previews + 1)),
  );
  return [...new Set(steps)].filter((step) => step < total - 1);
}

async function show(
  { sketch, size, picture, seed }: Drawing,
  denoised: Float32Array,
): Promise<Picture> {
  const pixels = await sketch!({ ...size, values: denoised });
  return { ...(await resize(pixels, picture)), seed };
}
