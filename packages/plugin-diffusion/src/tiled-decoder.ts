import { TimeSlice } from "@kindred/core";
import type { Device, Graph, Tensor } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import { cutOutFeatures, thinned } from "./picture/features.ts";
import { wholeOf } from "./picture/region.ts";
import type { Region } from "./picture/region.ts";
import { shareOf } from "./picture/rgb.ts";
import { holds } from "./request/device-memory.ts";
import type { GraphRun } from "./request/device-memory.ts";
import type { Pixels, Size } from "./task.ts";
import { enlargeInTiles } from "./tiles/enlarge-in-tiles.ts";
import { distanceOf, PooledStatistics } from "./tiles/pooled-statistics.ts";
import { tilesOf } from "./tiles/tiles.ts";
import type { Tile } from "./tiles/tiles.ts";

/** Decodes a latent of any size in runs of bounded memory. */
export interface TiledDecoder {
  /** Whether latents of these dims, [1, channels, height, width], are decoded so. `whole` is the run that decodes them as a whole. */
  takes(latents: readonly number[], whole: GraphRun): boolean;
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
  /** Whether what is larger than a tile is decoded in tiles. Default: where the device cannot hold it as a whole. */
  readonly tiling?: boolean | undefined;
  /** Declares the graphs. Called once, when a latent is first to be decoded in tiles. */
  readonly graphs: () => TileGraphs;
}

/** Sides of tiles, in latent pixels. The largest one is diffusers' for Stable Diffusion. */
const sides = [64, 48, 32];
/** Half the latent pixels that two neighbours see at least: farther than the decoder's convolutions do. */
const overlap = 8;
/** Change of the statistics, in shares of a deviation, below which they count as those of the whole. */
const settled = 0.01;
/** Passes after which the picture is taken as it is. */
const mostPasses = 6;

/**
 * A decoder in tiles. What sees the whole latent, attention among it, runs over the whole. The rest is convolutions, which see
 * some pixels far, and group norms, whose statistics are the whole's. They are found in passes over all tiles: each takes those that the pass before has found,
 * which makes one more norm exact and the others better. The first takes those of the thinned whole. All tiles of a pass are normalized
 * alike, so that they meet without seams.
 */
export function tiledDecoder({
  factor,
  channels,
  statistics: count,
  device,
  tiling,
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

  async function tileOf(features: Tensor, { own, given }: TileRun, signal: AbortSignal) {
    const graph = declare().pixels;
    const [, , height = 0, width = 0] = features.dims;
    const feeds = {
      features,
      own: int64(own.top, own.left, own.top + own.height, own.left + own.width),
      are_given: flag(given !== undefined),
      statistics: given ?? zeros(count),
    };
    const { sample, found } = await graph.run(feeds, ["sample", "found"], signal);
    const name = graph.source.name;
    const shape = [1, 3, factor * height, factor * width];
    checkResult(sample, shape, { graph: name, output: "sample" });
    checkResult(found, [2, count], { graph: name, output: "found" });
    return { sample, found };
  }

  return {
    takes([, , height = 0, width = 0], whole) {
      if (tiling === undefined) return !holds(device, whole);
      return tiling && Math.max(height, width) > largestSide();
    },

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
      const tiles = tilesOf(size, { side, overlap, multiple: 1 });

      async function pass(given: Tensor) {
        const pooled = new PooledStatistics(count);
        async function enlarge({ seen, own }: Tile): Promise<Tensor> {
          const part = await cutOutFeatures(features, seen, slice);
          const { sample, found } = await tileOf(part, { own: within(own, seen), given }, signal);
          pooled.add(found, own.width * own.height);
          return sample;
        }
        const pixels = await enlargeInTiles(
          { size, scale: factor, tiles, shareOf, enlarge },
          signal,
        );
        return { pixels, found: pooled.whole };
      }

      const thin = await thinned(features, side ** 2, slice);
      let { found } = await tileOf(thin, { own: wholeOf(sizeOf(thin)) }, signal);
      for (let i = 1; ; i++) {
        const next = await pass(found);
        if (i === mostPasses || distanceOf(next.found, found) < settled) return next.pixels;
        found = next.found;
      }
    },
  };
}

/** What a tile's run is given beside its features. */
interface TileRun {
  /** Whose statistics it finds, in the features' pixels. */
  readonly own: Region;
  /** The statistics that it takes. Default: its own. */
  readonly given?: Tensor;
}

/** A region by its place in another one. */
function within({ left, top, ...size }: Region, other: Region): Region {
  return { ...size, left: left - other.left, top: top - other.top };
}

function sizeOf({ dims: [, , height = 0, width = 0] }: Tensor): Size {
  return { width, height };
}

function int64(...values: readonly number[]): Tensor {
  return { type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) };
}

function flag(value: boolean): Tensor {
  return { type: "bool", dims: [1], data: Uint8Array.of(Number(value)) };
}

function zeros(count: number): Tensor {
  return { type: "float32", dims: [2, count], data: new Float32Array(2 * count) };
}
