import type { Autoencoder } from "../autoencoder.ts";
import type { Latent } from "../latent.ts";
import { generator } from "../noise/generator.ts";
import type { Pixels } from "../task.ts";
import { leastSquares } from "./least-squares.ts";

/** Makes a clean latent a picture of one pixel for each latent pixel. */
export type Projection = (latent: Latent) => Pixels;

/** Latent pixels of a side of the latents that are fitted. */
const side = 16;
/** Side of the squares of one value in each of them. Large squares give flat colours, small ones edges. */
const patches = [16, 8, 4, 2, 16, 8, 4, 2];
/** Latent pixels of all of them. */
export const fittedPixels: number = side ** 2 * patches.length;
/** Deviation of their noise. At this one the decoder's colours are not yet at their limits. */
const deviation = 0.5;
const colours = [0, 1, 2] as const;

/** Fits red, green and blue as linear functions of a latent's channels, to the decoder's pictures of a few small latents. */
export async function fitProjection(
  autoencoder: Pick<Autoencoder, "channels" | "factor" | "decode">,
  signal: AbortSignal,
): Promise<Projection> {
  const { channels, factor } = autoencoder;
  const rows: (readonly number[])[] = [];
  const targets: readonly number[][] = colours.map(() => []);
  for (const [seed, patch] of patches.entries()) {
    const latent = noiseInPatches(channels, patch, seed);
    const picture = await autoencoder.decode(latent, signal);
    for (let at = 0; at < side ** 2; at++) {
      rows.push(features(latent, at));
      for (const colour of colours) targets[colour]!.push(average(picture, { at, colour, factor }));
    }
  }
  const weights = targets.map((target) => leastSquares(rows, target));
  return (latent) => project(latent, weights);
}

/** Noise with one value for each square of `patch` · `patch` latent pixels. */
function noiseInPatches(channels: number, patch: number, seed: number): Latent {
  const across = side / patch;
  const noise = generator(seed).normal(channels * across ** 2);
  const values = Float32Array.from({ length: channels * side ** 2 }, (_, i) => {
    const channel = Math.floor(i / side ** 2);
    const y = Math.floor((Math.floor(i / side) % side) / patch);
    const x = Math.floor((i % side) / patch);
    return deviation * noise[(channel * across + y) * across + x]!;
  });
  return { values, channels, height: side, width: side };
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

/** The channels of one latent pixel, and 1 for the constant. */
function features({ values, channels, width, height }: Latent, at: number): readonly number[] {
  const row = Array.from({ length: channels }, (_, c) => values[c * width * height + at]!);
  return [...row, 1];
}

/** The mean of one colour over the pixels that one latent pixel becomes. */
function average(
  { rgb, width }: Pixels,
  { at, colour, factor }: { readonly at: number; readonly colour: number; readonly factor: number },
): number {
  const top = Math.floor(at / side) * factor;
  const left = (at % side) * factor;
  let sum = 0;
  for (let y = top; y < top + factor; y++) {
    for (let x = left; x < left + factor; x++) sum += rgb[3 * (y * width + x) + colour]!;
  }
  return sum / factor ** 2;
}
