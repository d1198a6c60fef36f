import type { Dims, Graph, Tensor } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import type { Latent } from "./latent.ts";
import { rgbOf } from "./picture/rgb.ts";
import { pixelTensor } from "./picture/pixel-tensor.ts";
import type { Area } from "./picture/area.ts";
import type { GraphRun } from "./request/device-memory.ts";
import type { Pixels } from "./task.ts";
import type { TiledDecoder } from "./tiled-decoder.ts";

const { fround } = Math;

/** Turns latents into pixels. */
export interface LatentDecoder {
  /** How latents of these dims are decoded, [1, channels, height, width]. The pipeline asks it for the memory of the runs. */
  decoding(latents: readonly number[]): Decoding;
  /** Channels of a latent. */
  readonly channels: number;
  /** Pixels along a side for each latent pixel. */
  readonly factor: number;
  /** Decodes one clean latent. Rejects as `Graph.run` does. */
  decode(latent: Latent, signal: AbortSignal): Promise<Pixels>;
}

/** Turns latents into pixels and, where it can, pixels into latents. */
export interface Autoencoder extends LatentDecoder {
  /** Default: the model cannot start from a picture. */
  readonly encoder?: PictureEncoder | undefined;
}

export interface Decoding {
  /** Whether the latent is decoded in tiles. The picture then differs slightly from one that is decoded as a whole. */
  readonly isTiled: boolean;
  /** A run of each graph that takes part, the largest one. */
  readonly runs: readonly GraphRun[];
}

/** Turns pixels into latents. */
export interface PictureEncoder {
  readonly graph: Graph;
  /** The shapes of a run's feeds for a latent of these dims, [1, channels, height, width], as `graph.bytes` takes them. */
  dims(latents: readonly number[]): Dims;
  /**
   * Encodes a picture whose sides the autoencoder's factor divides. With `grey`, that part of it is seen as grey. Rejects as
   * `Graph.run` does.
   */
  encode(pixels: Pixels, grey: Area | undefined, signal: AbortSignal): Promise<LatentDistribution>;
}

/** Samples a clean latent, given standard normal values, as many as it has. */
export type LatentDistribution = (noise: Float32Array) => Float32Array;

export interface GraphAutoencoderOptions extends Pick<Autoencoder, "channels" | "factor"> {
  /** A latent is (encoded - shift) · scale. */
  readonly scale: number;
  readonly shift: number;
}

/** The graphs of an autoencoder, as in graphs/autoencoder-kl.ts and graphs/autoencoder-tiny.ts. */
export interface AutoencoderGraphs {
  /** `latent_sample` to `sample`. */
  readonly decoder: Graph;
  /** Default: it decodes as a whole alone. */
  readonly tiles?: TiledDecoder | undefined;
  /** `sample` to `latent_parameters`. Default: it does not encode. */
  readonly encoder?: Graph | undefined;
}

/** An autoencoder of one graph, or of one for each half of it and those that decode in tiles. */
export function graphAutoencoder(
  { decoder: graph, tiles, encoder }: AutoencoderGraphs,
  options: GraphAutoencoderOptions,
): Autoencoder {
  const { channels, factor, scale, shift } = options;

  function decoding(latents: readonly number[]): Decoding {
    const whole = { graph, dims: { latent_sample: latents } };
    if (tiles?.takes(latents, whole)) return { isTiled: true, runs: tiles.runs(latents) };
    return { isTiled: false, runs: [whole] };
  }

  async function decodeWhole(latent_sample: Tensor, signal: AbortSignal): Promise<Pixels> {
    const { sample } = await graph.run({ latent_sample }, ["sample"], signal);
    const sides = latent_sample.dims.slice(2).map((side) => factor * side);
    checkResult(sample, [1, 3, ...sides], { graph: graph.source.name, output: "sample" });
    return rgbOf(sample);
  }

  return {
    channels,
    factor,
    encoder: encoder && graphEncoder(encoder, options),
    decoding,
    async decode({ values, height, width }, signal) {
      const latent_sample = {
        type: "float32",
        dims: [1, channels, height, width],
        data: values.map((value) => value / scale + shift),
      } as const;
      if (!tiles || !decoding(latent_sample.dims).isTiled)
        return decodeWhole(latent_sample, signal);
      return tiles.decode(latent_sample, signal);
    },
  };
}

function graphEncoder(
  graph: Graph,
  { channels, factor, scale, shift }: GraphAutoencoderOptions,
): PictureEncoder {
  return {
    graph,
    dims: ([rows = 1, , height = 0, width = 0]) => ({
      sample: [rows, 3, factor * height, factor * width],
    }),
    async encode(pixels, grey, signal) {
      const sample = await pixelTensor(pixels, signal, { grey });
      const { latent_parameters: found } = await graph.run(
        { sample },
        ["latent_parameters"],
        signal,
      );
      const shape = [1, 2 * channels, pixels.height / factor, pixels.width / factor];
      checkResult(found, shape, { graph: graph.source.name, output: "latent_parameters" });
      const parameters = found.data as Float32Array;
      const count = parameters.length / 2;
      const mean = parameters.subarray(0, count);
      const deviation = parameters.subarray(count).map(deviationOf);
      return (noise) =>
        mean.map((value, i) => (fround(value + fround(deviation[i]! * noise[i]!)) - shift) * scale);
    },
  };
}

/** The standard deviation of a logarithm of a variance, which diffusers keeps within these bounds. */
function deviationOf(logVariance: number): number {
  return Math.exp(0.5 * Math.min(Math.max(logVariance, -30), 20));
}
