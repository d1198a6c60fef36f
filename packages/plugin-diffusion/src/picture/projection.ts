import type { Decoder } from "../decoder.ts";
import { generator } from "../noise/generator.ts";
import type { Latent, Pixels } from "../task.ts";
import { leastSquares } from "./least-squares.ts";

/** A clean latent as a picture of its own size. */
export type Projection = (latent: Latent) => Pixels;

/** Latent pixels of a side. */
const SIDE = 16;
/** How coarse each latent is: flat colours count, and edges too. */
const PATCHES = [16, 8, 4, 2, 16, 8, 4, 2];
/** Pixels of all those latents. */
export const FITTED: number = SIDE ** 2 * PATCHES.length;
/** Of the noise: where the decoder's colours are not yet at their limits. */
const DEVIATION = 0.5;
const colours = [0, 1, 2] as const;

/** Red, green and blue as linear functions of a latent's channels, fitted through the decoder itself on a few small latents. */
export async function fitProjection(decoder: Decoder, signal: AbortSignal): Promise<Projection> {
  const rows: (readonly number[])[] = [];
  const targets: readonly number[][] = colours.map(() => []);
  for (const [seed, patch] of PATCHES.entries()) {
    const latent = noiseInPatches(decoder.channels, patch, seed);
    const picture = await decoder.decode(latent, signal);
    for (let at = 0; at < SIDE ** 2; at++) {
      rows.push(features(latent, at));
      for (const colour of colours)
        targets[colour]!.push(average(picture, { at, colour, factor: decoder.factor }));
    }
  }
  const weights = targets.map((target) => leastSquares(rows, target));
  return (latent) => project(latent, weights);
}

/** Noise, one value for each square of `patch` · `patch` pixels. */
function noiseInPatches(channels: number, patch: number, seed: number): Latent {
  const across = SIDE / patch;
  const noise = generator(seed).normal(channels * across ** 2);
  const values = Float32Array.from({ length: channels * SIDE ** 2 }, (_, i) => {
    const channel = Math.floor(i / SIDE ** 2);
    const y = Math.floor((Math.floor(i / SIDE) % SIDE) / patch);
    const x = Math.floor((i % SIDE) / patch);
    return DEVIATION * noise[(channel * across + y) * across + x]!;
  });
  return { values, channels, height: SIDE, width: SIDE };
}

function project(latent: Latent, weights: readonly (readonly number[])[]): Pixels {
  const { width, height } = latent;
  const rgb = new Uint8ClampedArray(3 * width * height);
  for (let at = 0; at < width * height; at++) {
    const row = features(latent, at);
    for (const colour of colours) {
      rgb[3 * at + colour] = row.reduce((sum, value, i) => sum + value * weights[colour]![i]!, 0);
    }
  }
  return { rgb: new Uint8Array(rgb.buffer), width, height };
}

/** A latent pixel's channels, and 1 for the constant. */
function features({ values, channels, width, height }: Latent, at: number): readonly number[] {
  const row = Array.from({ length: channels }, (_, c) => values[c * width * height + at]!);
  return [...row, 1];
}

/** One colour of the pixels that one latent pixel becomes. */
function average(
  { rgb, width }: Pixels,
  { at, colour, factor }: { readonly at: number; readonly colour: number; readonly factor: number },
): number {
  const top = Math.floor(at / SIDE) * factor;
  const left = (at % SIDE) * factor;
  let sum = 0;
  for (let y = top; y < top + factor; y++) {
    for (let x = left; x < left + factor; x++) sum += rgb[3 * (y * width + x) + colour]!;
  }
  return sum / factor ** 2;
}
