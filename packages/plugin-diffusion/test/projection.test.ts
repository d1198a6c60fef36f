import { expect, test } from "vitest";
import type { Autoencoder } from "../src/autoencoder.ts";
import { generator } from "../src/noise/generator.ts";
import { fitProjection } from "../src/picture/projection.ts";
import type { Latent } from "../src/latent.ts";

const constants = [128, 100, 90];

/** One colour of one latent pixel, linear in the latent's channels. */
type Colour = (latent: Latent, at: number, colour: number) => number;

/** Colours with random weights. They stay within 0 and 255 for latents of the fit. */
function colours(channels: number): Colour {
  const weights = generator(1)
    .normal(3 * channels)
    .map((weight) => (20 * weight) / channels);
  return ({ values, width, height }, at, colour) => {
    let sum = constants[colour]!;
    for (let channel = 0; channel < channels; channel++)
      sum += weights[colour * channels + channel]! * values[channel * width * height + at]!;
    return sum;
  };
}

/** An autoencoder that is linear. A latent pixel is a square of 2 · 2 pixels. */
function linear(
  channels: number,
  colour: Colour,
): Pick<Autoencoder, "channels" | "factor" | "decode"> {
  return {
    channels,
    factor: 2,
    async decode(latent) {
      const [width, height] = [2 * latent.width, 2 * latent.height];
      const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
        const pixel = Math.floor(i / 3);
        const y = Math.floor(pixel / width / 2);
        const x = Math.floor((pixel % width) / 2);
        return Math.round(colour(latent, y * latent.width + x, i % 3));
      });
      return { rgb, width, height };
    },
  };
}

test.each([4, 16])(
  "a projection of %i channels that is fitted to a linear decoder decodes as it does",
  async (channels) => {
    const colour = colours(channels);
    const project = await fitProjection(linear(channels, colour), new AbortController().signal);
    const values = generator(9).normal(24 * channels);
    const latent = { channels, width: 6, height: 4, values };
    const { rgb, width, height } = project(latent);
    expect([width, height]).toEqual([6, 4]);
    for (let at = 0; at < 24; at++) {
      for (const each of constants.keys())
        expect(Math.abs(rgb[3 * at + each]! - colour(latent, at, each))).toBeLessThan(1.5);
    }
  },
);
