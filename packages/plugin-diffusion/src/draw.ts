import { throwIfAborted } from "@kindred/core";
import type { Autoencoder } from "./autoencoder.ts";
import type { Denoise } from "./denoise.ts";
import type { LatentSize } from "./latent.ts";
import { generator } from "./noise/generator.ts";
import { fromNoise, fromPicture } from "./origin.ts";
import type { Origin } from "./origin.ts";
import type { Sketch } from "./picture/sketch.ts";
import type { Schedule } from "./schedulers/scheduler.ts";
import type { Picture, Pixels, Preview } from "./task.ts";

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
  /** The steps that are shown, from 0, and how. */
  readonly shown: readonly ShownStep[];
  readonly sketch: Sketch | undefined;
  /** Called after each step with the number of steps done in this drawing. */
  readonly onStep: (done: number, preview: Preview | undefined) => void;
  readonly signal: AbortSignal;
}

/** A step that has a preview, and the preview's number. */
export interface ShownStep {
  readonly step: number;
  readonly index: number;
}

/**
 * Draws one picture: noise, or a picture under noise, stepped to a clean latent, decoded and finished. The seed gives all its noise, in the order in
 * which diffusers draws it. ABORTED between two steps.
 */
export async function draw(drawing: Drawing): Promise<Picture> {
  const { schedule, denoise, autoencoder, size, seed, origin, onStep, signal } = drawing;
  const random = generator(seed);
  const noise = () => random.normal(size.channels * size.height * size.width);

  const beginning = origin ? fromPicture(origin, schedule, noise) : fromNoise(schedule, noise);
  let { latent } = beginning;
  const sampling = schedule.start(noise);
  for (const [i, timestep] of schedule.timesteps.entries()) {
    throwIfAborted(signal);
    const output = await denoise(beginning.input(schedule.scaleInput(latent, i)), timestep, i);
    const step = sampling.step(output, latent, i);
    latent = beginning.keep(step.latent, i);
    const shown = drawing.shown.find((each) => each.step === i);
    onStep(i + 1, shown && { index: shown.index, ...(await show(drawing, step.denoised)) });
  }
  throwIfAborted(signal);
  const pixels = await autoencoder.decode({ ...size, values: latent }, signal);
  return { ...(await drawing.finish(pixels)), seed };
}

async function show(
  { sketch, size, finish, seed }: Drawing,
  denoised: Float32Array,
): Promise<Picture> {
  const pixels = await sketch!({ ...size, values: denoised });
  return { ...(await finish(pixels)), seed };
}
