import { KernelError } from "@kindred/core";
import type { Device, Graph, Tensor } from "@kindred/core";
import { graphUpscaler } from "../../src/upscaling/upscaler.ts";
import type { Upscaler, UpscalerGraph } from "../../src/upscaling/upscaler.ts";
import { tensor } from "../fake-graphs.ts";

export interface StandIn {
  readonly upscaler: Upscaler;
  /** The dims of the picture in each run. */
  readonly runs: (readonly number[])[];
}

export interface StandInOptions extends Partial<UpscalerGraph> {
  /** Times that the graph enlarges. Default 4. */
  readonly factor?: number;
  /** Bytes of the device. Default: enough for the largest tiles. */
  readonly bytes?: number;
  /** The graph adds this to a value that lies so far from the edge of a run's tile, in pixels. Default: nothing. */
  readonly error?: (fromEdge: number) => number;
}

const bytesOfPixel = 1000;

/** An upscaler whose graph repeats each pixel. A run takes 1,000 bytes for each pixel of the picture. */
export function standInUpscaler({
  factor = 4,
  bytes = 1e9,
  error = () => 0,
  ...options
}: StandInOptions = {}): StandIn {
  const runs: (readonly number[])[] = [];
  const graph: Graph = {
    source: {
      name: "upscaler",
      model: "",
      folder: "",
      bytes: 0,
      peakBytes: 0,
      inputs: [],
      outputs: [],
    },
    bytes: ({ image = [] } = {}) =>
      bytesOfPixel * image.slice(2).reduce((product, dim) => product * dim, 1),
    async run<Name extends string>(
      { image }: Readonly<Record<string, Tensor>>,
      [output]: readonly Name[],
      signal?: AbortSignal,
    ) {
      if (signal?.aborted) throw new KernelError("ABORTED", "");
      runs.push(image!.dims);
      return { [output!]: repeated(image!, factor, error) } as Record<Name, Tensor>;
    },
  };
  const device: Device = { id: "cpu", provider: "cpu", bytes, threads: 1 };
  const shape = { name: "repeats", input: "image", output: "enlarged", scale: factor, multiple: 1 };
  return { upscaler: graphUpscaler({ ...shape, graph, ...options }, device), runs };
}

function repeated(
  { data, dims }: Tensor,
  factor: number,
  error: (fromEdge: number) => number,
): Tensor {
  const [, , height = 0, width = 0] = dims;
  return tensor([1, 3, factor * height, factor * width], (i) => {
    const x = Math.floor((i % (factor * width)) / factor);
    const y = Math.floor((Math.floor(i / (factor * width)) % (factor * height)) / factor);
    const channel = Math.floor(i / (factor * width * factor * height));
    const fromEdge = Math.min(x, y, width - 1 - x, height - 1 - y);
    return Number(data[(channel * height + y) * width + x]) + error(fromEdge);
  });
}
