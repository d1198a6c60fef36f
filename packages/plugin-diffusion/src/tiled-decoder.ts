import { TimeSlice } from "@kindred/core";
import type { Device, Graph, Tensor } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import { cutOutFeatures, thinned } from "./picture/features.ts";
import { shareOf } from "./picture/rgb.ts";
import { holds } from "./request/device-memory.ts";
import type { GraphRun } from "./request/device-memory.ts";
import type { Pixels } from "./task.ts";
import { enlargeInTiles } from "./tiles/enlarge-in-tiles.ts";
import { tilesOf } from "./tiles/tiles.ts";

/** Decodes a latent of any size in runs of bounded memory. */
export interface TiledDecoder {
  /** Whether latents of these dims, [1, channels, height, width], are no larger than a tile. */
  isOneTile(latents: readonly number[]): boolean;
  /** The largest run of each of its graphs over latents of these dims. */
  runs(latents: readonly number[]): readonly GraphRun[];
  /** Decodes float32 [1, channels, height, width] as the whole decoder takes it. ABORTED between two runs; rejects as `Graph.run` does. */
  decode(latent_sample: Tensor, signal: AbortSignal): Promise<Pixels>;
}

/** The graphs of graphs/autoencoder-kl-tiles.ts. */
export interface TileGraphs {
  /** `latent_sample` to `features`. */
  readonly features: Graph;
  /** `features`, `statistics` and `are_given` to `sample` and `found`. */
  readonly pixels: Graph;
}

export interface TiledDecoderOptions {
  /** Pixels along a side for each latent pixel. */
  readonly factor: number;
  /** Channels of the features. */
  readonly channels: number;
  /** Groups of all norms that share statistics. */
  readonly statistics: number;
  readonly device: Device;
  /** Declares the graphs. Called once, when a latent is first to be decoded in tiles. */
  readonly graphs: () => TileGraphs;
}

/** Sides of tiles, in latent pixels. The largest one is diffusers' for Stable Diffusion. */
const sides = [64, 48, 32];
/** Half the latent pixels that two neighbours see at least. */
const overlap = 8;

/**
 * A decoder in tiles. What sees the whole latent, attention among it, runs over the whole. The rest is convolutions, which see
 * some pixels far, and group norms. All tiles take the norms' statistics of one run over the thinned whole, so that they fit to each other.
 */
export function tiledDecoder({
  factor,
  channels,
  statistics: count,
  device,
  graphs,
}: TiledDecoderOptions): TiledDecoder {
  let declared: TileGraphs | undefined;
  const declare = () => (declared ??= graphs());
  const ofTile = (height: number, width: number): GraphRun => ({
    graph: declare().pixels,
    dims: { features: [1, channels, height, width] },
  });
  const largestSide = () =>
    sides.find((side) => holds(device, ofTile(side, side))) ?? sides.at(-1)!;

  async function featuresOf(latent_sample: Tensor, signal: AbortSignal): Promise<Tensor> {
    const graph = declare().features;
    const { features } = await graph.run({ latent_sample }, ["features"], signal);
    const shape = [1, channels, ...latent_sample.dims.slice(2)];
    checkResult(features, shape, { graph: graph.source.name, output: "features" });
    return features;
  }

  async function statisticsOf(features: Tensor, signal: AbortSignal): Promise<Tensor> {
    const graph = declare().pixels;
    const feeds = { features, are_given: flag(false), statistics: zeros(count) };
    const { found } = await graph.run(feeds, ["found"], signal);
    checkResult(found, [2, count], { graph: graph.source.name, output: "found" });
    return found;
  }

  return {
    isOneTile: ([, , height = 0, width = 0]) => Math.max(height, width) <= largestSide(),
    runs(latents) {
      const [, , height = 0, width = 0] = latents;
      const side = largestSide();
      return [
        { graph: declare().features, dims: { latent_sample: latents } },
        ofTile(Math.min(side, height), Math.min(side, width)),
      ];
    },
    async decode(latent_sample, signal) {
      const [, , height = 0, width = 0] = latent_sample.dims;
      const [size, side] = [{ width, height }, largestSide()];
      const slice = new TimeSlice(signal);
      const features = await featuresOf(latent_sample, signal);
      const sample = await thinned(features, side ** 2, slice);
      const statistics = await statisticsOf(sample, signal);
      const graph = declare().pixels;
      return enlargeInTiles(
        {
          size,
          scale: factor,
          tiles: tilesOf(size, { side, overlap, multiple: 1 }),
          shareOf,
          async enlarge(seen) {
            const tile = await cutOutFeatures(features, seen, slice);
            const feeds = { features: tile, are_given: flag(true), statistics };
            const { sample } = await graph.run(feeds, ["sample"], signal);
            const shape = [1, 3, factor * seen.height, factor * seen.width];
            checkResult(sample, shape, { graph: graph.source.name, output: "sample" });
            return sample;
          },
        },
        signal,
      );
    },
  };
}

function flag(value: boolean): Tensor {
  return { type: "bool", dims: [1], data: Uint8Array.of(Number(value)) };
}

function zeros(count: number): Tensor {
  return { type: "float32", dims: [2, count], data: new Float32Array(2 * count) };
}
