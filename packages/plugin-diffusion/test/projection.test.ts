import { expect, test } from "vitest";
import type { Autoencoder } from "../src/autoencoder.ts";
import { generator } from "../src/noise/generator.ts";
import { fitProjection } from "../src/picture/projection.ts";

/** The weights of red, green and blue over two channels and a constant. */
const weights = [
  [20, -10, 128],
  [-15, 5, 100],
  [0, 30, 90],
];

/** An autoencoder that is linear. A latent pixel is a square of 2 · 2 pixels. */
const linear: Pick<Autoencoder, "channels" | "factor" | "decode"> = {
  channels: 2,
  factor: 2,
  async decode({ values, width, height }) {
    const rgb = Uint8Array.from({ length: 3 * 4 * width * height }, (_, i) => {
      const pixel = Math.floor(i / 3);
      const y = Math.floor(pixel / (2 * width) / 2);
      const x = Math.floor((pixel % (2 * width)) / 2);
      const [a = 0, b = 0, constant = 0] = weights[i % 3]!;
      const at = y * width + x;
      return Math.round(a * values[at]! + b * values[width * height + at]! + constant);
    });
    return { rgb, width: 2 * width, height: 2 * height };
  },
};

test("a projection that is fitted to a linear decoder decodes as it does", async () => {
  const project = await fitProjection(linear, new AbortController().signal);
  const latent = { channels: 2, width: 6, height: 4, values: generator(9).normal(48) };
  const { rgb, width, height } = project(latent);
  expect([width, height]).toEqual([6, 4]);
  for (let at = 0; at < 24; at++) {
    for (const [colour, [a = 0, b = 0, constant = 0]] of weights.entries()) {
      const expected = a * latent.values[at]! + b * latent.values[24 + at]! + constant;
      expect(Math.abs(rgb[3 * at + colour]! - expected)).toBeLessThan(1.5);
    }
  }
});
