import type { LatentDistribution } from "./autoencoder.ts";
import type { Schedule } from "./schedulers/scheduler.ts";

/** What a drawing starts from beside noise. */
export interface Origin {
  /** The latent of the picture. */
  readonly picture: LatentDistribution;
  /** Whether the whole schedule runs: with a mask it then starts from noise alone. */
  readonly isWhole: boolean;
  /** Default: all of the picture is drawn anew. */
  readonly inpainting?: Inpainting | undefined;
}

/** The part of a picture that is drawn anew. */
export interface Inpainting {
  /** 1 where it is drawn, 0 where the picture stays: one value for each pixel of a latent's channel. */
  readonly mask: Float32Array;
  /** The latent of the picture with that part grey. */
  readonly masked: LatentDistribution;
  /** Whether the denoiser was made for it and takes the mask and `masked`. Others have the picture put back at each step. */
  readonly denoiserTakesMask: boolean;
}

/** How a drawing begins, and what is done around each of its steps. */
export interface Beginning {
  readonly latent: Float32Array;
  /** What the denoiser takes of a scaled latent. */
  input(scaled: Float32Array): Float32Array;
  /** The latent after step `i`, with what stays of the picture put back. */
  keep(latent: Float32Array, i: number): Float32Array;
}

const unchanged = (latent: Float32Array) => latent;

/** Begins with noise alone. */
export function fromNoise(schedule: Schedule, noise: () => Float32Array): Beginning {
  const latent = noise().map((value) => value * schedule.initialNoiseScale);
  return { latent, input: unchanged, keep: unchanged };
}

/**
 * Begins with a picture under the noise of the schedule's first step (SDEdit, arXiv 2108.01073). With a mask it draws as
 * diffusers' inpainting pipelines do, and draws their noise in their order: for the picture's latent, for the first step, for
 * the masked picture's latent.
 */
export function fromPicture(
  { picture, isWhole, inpainting }: Origin,
  schedule: Schedule,
  noise: () => Float32Array,
): Beginning {
  if (!inpainting) {
    const clean = picture(noise());
    return { latent: schedule.addNoise(clean, noise(), 0), input: unchanged, keep: unchanged };
  }
  const { mask, denoiserTakesMask } = inpainting;
  // A denoiser that takes the mask never sees the picture's own latent when it starts from noise alone.
  const clean = denoiserTakesMask && isWhole ? undefined : picture(noise());
  const first = noise();
  const latent =
    isWhole || !clean
      ? first.map((value) => value * schedule.initialNoiseScale)
      : schedule.addNoise(clean, first, 0);
  const masked = inpainting.masked(noise());
  if (denoiserTakesMask || !clean)
    return { latent, input: (scaled) => joined(scaled, mask, masked), keep: unchanged };
  return {
    latent,
    input: unchanged,
    keep(drawn, i) {
      const isLast = i === schedule.timesteps.length - 1;
      const kept = isLast ? clean : schedule.addNoise(clean, first, i + 1);
      return drawn.map((value, at) => (mask[at % mask.length] === 1 ? value : kept[at]!));
    },
  };
}

/** Channels one after the other. */
function joined(...channels: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(channels.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of channels) {
    all.set(values, at);
    at += values.length;
  }
  return all;
}
