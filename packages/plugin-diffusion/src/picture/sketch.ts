import type { DiffusionModel } from "../diffusion-model.ts";
import type { Latent, LatentSize } from "../latent.ts";
import type { Pixels } from "../task.ts";
import { fitProjection, fittedPixels } from "./projection.ts";
import type { Projection } from "./projection.ts";

/** Makes a predicted clean latent a picture, of a size that suits it. */
export type Sketch = (latent: Latent) => Pixels | Promise<Pixels>;

/**
 * Gives the sketch for latents of a size. A preview decoder makes all of them. Without one, latents no larger than those of
 * the fit are decoded by the autoencoder, which costs no more. Larger ones go through a projection, which is fitted once, at
 * the first call that needs it.
 */
export function sketching({
  autoencoder,
  previewDecoder,
}: Pick<DiffusionModel, "autoencoder" | "previewDecoder">): (
  size: LatentSize,
  signal: AbortSignal,
) => Promise<Sketch> {
  if (previewDecoder) return async (_, signal) => (latent) => previewDecoder.decode(latent, signal);
  let projection: Projection | undefined;
  return async ({ width, height }, signal) => {
    if (width * height <= fittedPixels) return (latent) => autoencoder.decode(latent, signal);
    return (projection ??= await fitProjection(autoencoder, signal));
  };
}
