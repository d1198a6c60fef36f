import type { Dims, Graph } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import { rgbOf } from "./picture/rgb.ts";
import type { Latent, Pixels } from "./task.ts";

/** Turns latents into pixels and, where it can, pixels into latents. */
export interface Autoencoder {
  /** The graph that decodes. The pipeline asks it for the memory of a run. */
  readonly graph: Graph;
  /** The shapes of a run's feeds over latents of these dims, [1, channels, height, width], as `graph.bytes` takes them. */
  dims(latents: readonly number[]): Dims;
  /** Channels of a latent. */
  readonly channels: number;
  /** Pixels along a side for each latent pixel. */
  readonly factor: number;
  /** Decodes one clean latent. Rejects as `Graph.run` does. */
  decode(latent: Latent, signal: AbortSignal): Promise<Pixels>;
  /**
   * Encodes a picture whose sides `factor` divides, as a distribution. The result samples clean latents from it, given
   * standard normal values, as many as a latent has. Default: the model cannot start from a picture.
   */
  encode?(pixels: Pixels, signal: AbortSignal): Promise<(noise: Float32Array) => Latent>;
}

export interface GraphAutoencoderOptions extends Pick<Autoencoder, "channels" | "factor"> {
  /** A latent is (encoded - shift) · scale. */
  readonly scale: number;
  readonly shift: number;
}

/** An autoencoder of one graph, which decodes: `latent_sample` to `sample`, as in graphs/autoencoder-kl.ts. */
export function graphAutoencoder(graph: Graph, options: GraphAutoencoderOptions): Autoencoder {
  const { scale, shift, ...facts } = options;
  return {
    graph,
    dims: (latents) => ({ latent_sample: latents }),
    ...facts,
    async decode({ values, channels, height, width }, signal) {
      const latent_sample = {
        type: "float32",
        dims: [1, channels, height, width],
        data: values.map((value) => value / scale + shift),
      } as const;
      const { sample } = await graph.run({ latent_sample }, ["sample"], signal);
      const { factor } = facts;
      const shape = [1, 3, factor * height, factor * width];
      checkResult(sample, shape, { graph: graph.source.name, output: "sample" });
      return rgbOf(sample);
    },
  };
}
