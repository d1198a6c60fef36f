import type { Progress, Task } from "@kindred/core";
import type { Pixels } from "./task.ts";
import type { UpscaleScale } from "./upscaling/scales.ts";

/** A picture to enlarge. INVALID_INPUT names the field that makes it too large, UNSUPPORTED the scale that the model has not. */
export interface UpscaleRequest {
  readonly image: Pixels;
  /** The opacity of each of its pixels, row by row, from 0 to 255. It is enlarged smoothly, not by the network. Default: it is opaque. */
  readonly alpha?: Uint8Array | undefined;
  /** Times that its sides are enlarged. Default: the network's own scale. */
  readonly scale?: UpscaleScale | undefined;
}

export interface Upscaled {
  readonly picture: Pixels;
  /** As in the request: of each of the picture's pixels. */
  readonly alpha?: Uint8Array | undefined;
  /** Times that the sides were enlarged. */
  readonly scale: number;
  /** The network's file, without its extension. */
  readonly upscaler: string;
}

/** Enlarges pictures. Its events count tiles. Input, output and events are structured-cloneable. */
export const imageUpscale: Task<UpscaleRequest, Upscaled, Progress> = { name: "image-upscale" };
