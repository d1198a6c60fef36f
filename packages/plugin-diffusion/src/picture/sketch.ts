import type { Decoder } from "../decoder.ts";
import type { Latent, LatentSize, Pixels } from "../task.ts";
import { fitProjection, FITTED } from "./projection.ts";
import type { Projection } from "./projection.ts";

/** A predicted clean latent as a picture, of whatever size. */
export type Sketch = (latent: Latent) => Pixels | Promise<Pixels>;

/** Sketches latents of a size: by the decoder itself where that costs no more than the fit would, else by a projection that is fitted once. */
export function sketching(
  decoder: Decoder,
): (size: LatentSize, signal: AbortSignal) => Promise<Sketch> {
  let projection: Projection | undefined;
  return async ({ width, height }, signal) => {
    if (width * height <= FITTED) return (latent) => decoder.decode(latent, signal);
    return (projection ??= await fitProjection(decoder, signal));
  };
}
