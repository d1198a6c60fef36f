import type { Progress } from "@kindred/core";
import type { DiffusionModel } from "../diffusion-model.ts";
import { checkUpscale } from "../request/check-upscale.ts";
import type { ReadyRequest } from "../request/ready-request.ts";
import type { Enlargement, Picture } from "../task.ts";

/** How the drawn pictures of a request are enlarged. */
export interface Enlarging {
  readonly told: Enlargement;
  /** Runs for each picture. */
  readonly tiles: number;
  /** Enlarges one picture. `onTile` hears how many of its tiles are done. */
  enlarge(picture: Picture, onTile: (done: number) => void): Promise<Picture>;
}

/** undefined for a request that does not ask for it. INVALID_INPUT or UNSUPPORTED where it turns out now what the upscaler does. */
export async function enlargingOf(
  model: DiffusionModel,
  { upscale: scale, settings, seeds }: ReadyRequest,
  signal: AbortSignal,
): Promise<Enlarging | undefined> {
  if (scale === undefined || !model.upscaler) return undefined;
  const { upscaler } = model.upscaler;
  await upscaler.measure(signal);
  checkUpscale({ upscale: scale, count: seeds.length }, model, settings);
  return {
    told: { scale, upscaler: upscaler.name },
    tiles: upscaler.tiles(settings),
    async enlarge(picture, onTile) {
      const { seed } = picture;
      const report = ({ done }: Progress) => onTile(done);
      return { ...(await upscaler.enlarge(picture, scale, signal, report)), seed };
    },
  };
}
