import { KernelError } from "@kindred/core";
import type { Device, Graph, Progress, Tensor } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import { reduced } from "./reduced.ts";
import type { Pixels, Size } from "../task.ts";
import { enlargeInTiles } from "../tiles/enlarge-in-tiles.ts";
import { countOf, tilesOf } from "../tiles/tiles.ts";
import { tileSide } from "./tile-side.ts";
import { tileTensor } from "./tile-tensor.ts";

/** Enlarges pictures of any size by a network, tile by tile. */
export interface Upscaler {
  /** The network's file, without its extension. */
  readonly name: string;
  /** Times that a run enlarges a side. undefined until it was measured, of a network whose file does not say. */
  readonly scale: number | undefined;
  /** The scale, measured by a run over a small picture where it is not known. Rejects as `Graph.run` does. */
  measure(signal: AbortSignal): Promise<number>;
  /** Runs that a picture of this size takes. */
  tiles(size: Size): number;
  /**
   * Enlarges a picture's sides by `scale`, rounded: by the network, and from there by Lanczos, where the scales differ. `onTile`
   * hears of each run. ABORTED between two runs; rejects as `Graph.run` does.
   */
  enlarge(
    pixels: Pixels,
    scale: number,
    signal: AbortSignal,
    onTile?: (progress: Progress) => void,
  ): Promise<Pixels>;
}

export interface UpscalerGraph {
  readonly name: string;
  readonly graph: Graph;
  /** Names of the graph's input, [1, 3, height, width] from 0 to 1, and of its output. */
  readonly input: string;
  readonly output: string;
  /** Default: it is measured. */
  readonly scale?: number | undefined;
  /** Divisor of the sides that it takes. Default: that of Real-ESRGAN's networks of its scale, of which smaller ones unshuffle pixels. */
  readonly multiple?: number | undefined;
}

/** Half the pixels that two neighbours see at least. */
const overlap = 16;

/** An upscaler of one graph on its device. */
export function graphUpscaler(
  { name, graph, input, output, multiple, scale: stated }: UpscalerGraph,
  device: Device,
): Upscaler {
  let scale = stated;
  const side = tileSide(graph, input, device);
  const tilesFor = (size: Size) =>
    tilesOf(size, { side, overlap, multiple: multiple ?? multipleOf(scale) });

  async function measure(signal: AbortSignal): Promise<number> {
    scale ??= measuredScale(await run(blank, signal));
    return scale;
  }

  async function run(image: Tensor, signal: AbortSignal): Promise<Tensor> {
    const { [output]: enlarged } = await graph.run({ [input]: image }, [output], signal);
    return enlarged!;
  }

  async function enlargedTile(image: Tensor, factor: number, signal: AbortSignal): Promise<Tensor> {
    const enlarged = await run(image, signal);
    const [, , height = 0, width = 0] = image.dims;
    const shape = [1, 3, factor * height, factor * width];
    checkResult(enlarged, shape, { graph: graph.source.name, output });
    return enlarged;
  }

  return {
    name,
    get scale() {
      return scale;
    },
    measure,
    tiles: (size) => countOf(tilesFor(size)),
    async enlarge(pixels, asked, signal, onTile) {
      const factor = await measure(signal);
      const picture = await enlargeInTiles(
        {
          size: pixels,
          scale: factor,
          tiles: tilesFor(pixels),
          enlarge: async ({ seen }, slice) =>
            enlargedTile(await tileTensor(pixels, seen, slice), factor, signal),
          onTile,
        },
        signal,
      );
      const enlarged = (length: number) => Math.round(length * asked);
      const [width, height] = [enlarged(pixels.width), enlarged(pixels.height)];
      return reduced(picture, { width, height });
    },
  };
}

/** Networks of 2 and 1 make pixels 2 and 4 times fewer before they enlarge by 4. */
function multipleOf(scale = 1): number {
  return Math.max(1, Math.floor(4 / scale));
}

/** The picture that is enlarged to measure by how much, and its sides. */
const blankSide = 16;
const blank: Tensor = {
  type: "float32",
  dims: [1, 3, blankSide, blankSide],
  data: new Float32Array(3 * blankSide * blankSide),
};

/** Times that a network may enlarge a side. */
const maxScale = 16;

/** GRAPH_FAILED where a network does not enlarge both sides by one whole number, or by too much. */
function measuredScale({ dims }: Tensor): number {
  const [down = 0, across = 0] = dims.slice(-2).map((length) => length / blankSide);
  if (Number.isInteger(down) && down === across && down > 0 && down <= maxScale) return down;
  throw new KernelError(
    "GRAPH_FAILED",
    `The upscaler made [${dims.join(", ")}] of ${blankSide}x${blankSide} pixels, which is no enlargement by a whole number up to ${maxScale}. Launch a network that enlarges.`,
  );
}
