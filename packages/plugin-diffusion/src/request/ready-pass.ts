import type { GuidedConditions } from "../conditions.ts";
import { guidedApart, guidedTogether, unguided } from "../denoise.ts";
import type { DenoiseWay } from "../denoise.ts";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { Schedule, Scheduler } from "../schedulers/scheduler.ts";
import type { LatentSize, Settings, Size } from "../task.ts";
import { holds, refuseIfTooLarge } from "./device-memory.ts";
import type { OriginSizes, ReadyOrigin } from "./ready-origin.ts";

/** One way through a schedule, at one size. A picture is drawn in one, or in several: each over the picture of the last. */
export interface ReadyPass extends OriginSizes {
  /** The size of the latent. */
  readonly size: LatentSize;
  readonly schedule: Schedule;
  /** Whether the whole schedule runs. */
  readonly isWhole: boolean;
  /** The denoiser's own. */
  readonly conditions: GuidedConditions | undefined;
  /** How the denoiser runs. */
  readonly way: DenoiseWay;
  /** Default: it starts from noise alone. */
  readonly origin?: ReadyOrigin | undefined;
}

export interface PassOptions {
  readonly sizes: OriginSizes;
  /** Share of the schedule that runs over a picture. Default: the pass starts from noise alone. */
  readonly strength: number | undefined;
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  /** Whether the denoiser also runs over the negative prompt. */
  readonly guided: boolean;
}

/**
 * Completes a pass but for its origin. Throws INVALID_INPUT on `width` for a size that the device cannot hold, on `steps` or
 * `strength` as `Scheduler.schedule` does, and on what `Denoiser.conditions` refuses.
 */
export function readyPass(
  model: DiffusionModel,
  { sizes, strength, settings, scheduler, guided }: PassOptions,
): ReadyPass {
  const { drawn } = sizes;
  const size = latentSize(model, drawn);
  refuseTooLarge(model, { size: sizes.final, latent: size, encodes: strength !== undefined });
  return {
    ...sizes,
    size,
    schedule: scheduler.schedule({ steps: settings.steps, size, strength }),
    isWhole: strength === 1,
    conditions: model.denoiser.conditions?.(settings, drawn),
    way: guided ? guidedWay(model, size) : unguided,
  };
}

export function latentSize(
  { autoencoder }: Pick<DiffusionModel, "autoencoder">,
  { width, height }: Size,
): LatentSize {
  const { channels, factor } = autoencoder;
  return { channels, width: Math.floor(width / factor), height: Math.floor(height / factor) };
}

interface Drawn {
  /** The one asked for. */
  readonly size: Size;
  readonly latent: LatentSize;
  /** Whether a picture is encoded, too. */
  readonly encodes: boolean;
}

function refuseTooLarge(
  { denoiser, autoencoder, device }: DiffusionModel,
  { size, latent: { channels, height, width }, encodes }: Drawn,
): void {
  const latents = [1, channels, height, width];
  const { encoder } = autoencoder;
  for (const component of [denoiser, autoencoder, ...(encodes && encoder ? [encoder] : [])])
    refuseIfTooLarge(component, latents, { device, size });
}

/** Chooses by all the memory of the device, not by what is free now, so that a launch always draws the same. */
function guidedWay(
  { denoiser, device }: DiffusionModel,
  { channels, height, width }: LatentSize,
): DenoiseWay {
  return holds(device, denoiser, [2, channels, height, width]) ? guidedTogether : guidedApart;
}
