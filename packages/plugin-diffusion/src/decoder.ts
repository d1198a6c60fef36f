import type { Graph } from "@kindred/core";
import { rgbOf } from "./picture/rgb.ts";
import type { Latent, Pixels } from "./task.ts";

/** Turns latents into pixels. */
export interface Decoder {
  readonly graph: Graph;
  readonly channels: number;
  /** Pixels of a side for each of the latent's. */
  readonly factor: number;
  decode(latent: Latent, signal: AbortSignal): Promise<Pixels>;
}

export interface DecoderOptions {
  readonly channels: number;
  readonly factor: number;
  /** A latent is (encoded - shift) · scale. */
  readonly scale: number;
  readonly shift: number;
}

export function autoencoder(graph: Graph, options: DecoderOptions): Decoder {
  const { scale, shift, ...facts } = options;
  return {
    graph,
    ...facts,
    async decode({ values, channels, height, width }, signal) {
      const latent_sample = {
        type: "float32",
        dims: [1, channels, height, width],
        data: values.map((value) => value / scale + shift),
      } as const;
      const { sample } = await graph.run({ latent_sample }, ["sample"], signal);
      return rgbOf(sample);
    },
  };
}
