import type { Device } from "@kindred/core";
import type { GuidedConditions } from "../conditions.ts";
import type { ControlNet } from "../control/control-net.ts";
import { guidedApart, guidedTogether, unguided } from "../denoise.ts";
import type { DenoiseWay } from "../denoise.ts";
import type { Denoiser } from "../denoiser.ts";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { LatentSize } from "../latent.ts";
import type { Schedule, Scheduler } from "../schedulers/scheduler.ts";
import { resize } from "../picture/resize.ts";
import type { Pixels, Settings, Size } from "../task.ts";
import { holds, refuseIfTooLarge } from "./device-memory.ts";
import type { GraphRun } from "./device-memory.ts";
import type { ReadyControls } from "./ready-controls.ts";
import type { OriginSizes, ReadyOrigin } from "./ready-origin.ts";

/** One way through a schedule, at one size. A picture is drawn in one, or in several: each over the picture of the last. */
export interface ReadyPass extends OriginSizes {
  /** The size of the latent. */
  readonly size: LatentSize;
  readonly schedule: Schedule;
  /** Whether its picture is decoded in tiles. */
  readonly isTiled: boolean;
  /** Whether the whole schedule runs. */
  readonly isWhole: boolean;
  /** The denoiser's own. */
  readonly conditions: GuidedConditions | undefined;
  /** How the denoiser runs. */
  readonly way: DenoiseWay;
  /** Default: it starts from noise alone. */
  readonly origin?: ReadyOrigin | undefined;
  /** Makes the pass's picture of what was decoded. */
  readonly finish: (drawn: Pixels) => Promise<Pixels>;
  /** Default: no ControlNet takes part. */
  readonly controls?: ReadyControls | undefined;
}

export interface PassOptions {
  readonly sizes: OriginSizes;
  /** Share of the schedule that runs over a picture. Default: the pass starts from noise alone. */
  readonly strength: number | undefined;
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  /** Whether the denoiser also runs over the negative prompt. */
  readonly guided: boolean;
  /** Those that take part. */
  readonly controlNets: readonly ControlNet[];
  /** Whether its steps have previews. */
  readonly hasPreviews: boolean;
}

/**
 * Completes a pass but for its pictures. Throws INVALID_INPUT on `width` for a size that the device cannot hold, on `steps` or
 * `strength` as `Scheduler.schedule` does, and on what `Denoiser.conditions` refuses.
 */
export function readyPass(
  model: DiffusionModel,
  { sizes, strength, settings, scheduler, guided, controlNets, hasPreviews }: PassOptions,
): ReadyPass {
  const { drawn } = sizes;
  const size = latentSize(model, drawn);
  const { denoiser, autoencoder, previewDecoder, device } = model;
  const denoising = [denoiser, ...controlNets];
  const encoders = strength !== undefined && autoencoder.encoder ? [autoencoder.encoder] : [];
  const previewing = hasPreviews && previewDecoder ? [previewDecoder] : [];
  const latents = dimsOf(size, 1);
  const { isTiled, runs: decoding } = autoencoder.decoding(latents);
  const runs = [
    ...runsOf(denoising, latents),
    ...decoding,
    ...runsOf(encoders, latents),
    ...previewing.flatMap((decoder) => decoder.decoding(latents).runs),
  ];
  for (const run of runs) refuseIfTooLarge(run, { device, size: sizes.final });
  return {
    ...sizes,
    size,
    isTiled,
    schedule: scheduler.schedule({ steps: settings.steps, size, strength }),
    isWhole: strength === 1,
    finish: (pixels) => resize(pixels, sizes.final),
    conditions: denoiser.conditions?.(settings, drawn),
    way: guided ? guidedWay(device, denoising, size) : unguided,
  };
}

export function latentSize(
  { autoencoder }: Pick<DiffusionModel, "autoencoder">,
  { width, height }: Size,
): LatentSize {
  const { channels, factor } = autoencoder;
  return { channels, width: Math.floor(width / factor), height: Math.floor(height / factor) };
}

/** A component that runs a graph over latents of these dims. */
type LatentComponent = Pick<Denoiser, "graph" | "dims">;

function runsOf(
  components: readonly LatentComponent[],
  latents: readonly number[],
): readonly GraphRun[] {
  return components.map(({ graph, dims }) => ({ graph, dims: dims(latents) }));
}

function dimsOf({ channels, height, width }: LatentSize, rows: number): readonly number[] {
  return [rows, channels, height, width];
}

/** Chooses by all the memory of the device, not by what is free now, so that a launch always draws the same. */
function guidedWay(
  device: Device,
  components: readonly LatentComponent[],
  size: LatentSize,
): DenoiseWay {
  const runs = runsOf(components, dimsOf(size, 2));
  return runs.every((run) => holds(device, run)) ? guidedTogether : guidedApart;
}
