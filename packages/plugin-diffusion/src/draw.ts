import { throwIfAborted } from "@kindred/core";
import type { Autoencoder } from "./autoencoder.ts";
import type { Denoise } from "./denoise.ts";
import { generator } from "./noise/generator.ts";
import { fromNoise, fromPicture } from "./origin.ts";
import type { Origin } from "./origin.ts";
import type { Sketch } from "./picture/sketch.ts";
import type { Schedule } from "./schedulers/scheduler.ts";
import type { ImageEvent, LatentSize, Picture, Pixels } from "./task.ts";

export interface Drawing {
  readonly schedule: Schedule;
  readonly denoise: Denoise;
  readonly autoencoder: Autoencoder;
  /** The latent's size. */
  readonly size: LatentSize;
  readonly seed: number;
  /** Default: it starts from noise alone. */
  readonly origin?: Origin | undefined;
  /** Makes the picture of what was decoded: of its size in the end, and with what stays of the origin. */
  readonly finish: (pixels: Pixels) => Promise<Pixels>;
  /** Number of previews, and how they are made. */
  readonly previews: number;
  readonly sketch: Sketch | undefined;
  /** Hears of this picture's steps alone. */
  readonly onStep: (event: ImageEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Draws one picture: noise, or a picture under noise, stepped to a clean latent, decoded and finished. The seed gives all its noise, in the order in
 * which diffusers draws it. ABORTED between two steps.
 */
export async function draw(drawing: Drawing): Promise<Picture> {
  const { schedule, denoise, autoencoder, size, seed, origin, onStep, signal } = drawing;
  const random = generator(seed);
  const noise = () => random.normal(size.channels * size.height * size.width);
  const total = schedule.timesteps.length;
  const shown = previewSteps(drawing.previews, total);

  const beginning = origin ? fromPicture(origin, schedule, noise) : fromNoise(schedule, noise);
  let { latent } = beginning;
  const sampling = schedule.start(noise);
  for (const [i, timestep] of schedule.timesteps.entries()) {
    throwIfAborted(signal);
    const output = await denoise(beginning.input(schedule.scaleInput(latent, i)), timestep, i);
    const step = sampling.step(output, latent, i);
    latent = beginning.keep(step.latent, i);
    const index = shown.indexOf(i);
    const preview = index < 0 ? undefined : { index, ...(await show(drawing, step.denoised)) };
    onStep({ done: i + 1, total, ...(preview && { preview }) });
  }
  throwIfAborted(signal);
  const pixels = await autoencoder.decode({ ...size, values: latent }, signal);
  return { ...(await drawing.finish(pixels)), seed };
}

/** Evenly between the first step and the last. The picture itself follows the last. */
function previewSteps(previews: number, total: number): readonly number[] {
  const steps = Array.from({ length: previews }, (_, i) =>
    Math.floor(((i + 1) * total) / (previews + 1)),
  );
  return [...new Set(steps)].filter((step) => step < total - 1);
}

async function show(
  { sketch, size, finish, seed }: Drawing,
  denoised: Float32Array,
): Promise<Picture> {
  const pixels = await sketch!({ ...size, values: denoised });
  return { ...(await finish(pixels)), seed };
}
