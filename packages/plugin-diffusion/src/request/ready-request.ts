import { KernelError } from "@kindred/core";
import { guidedApart, guidedTogether, unguided } from "../denoise.ts";
import type { DenoiseWay } from "../denoise.ts";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { TokenizedPrompts } from "../prompt/prompt-encoder.ts";
import { isDefault } from "../schedulers/names.ts";
import type { Schedule } from "../schedulers/scheduler.ts";
import type { ImageRequest, LatentSize, Settings, Size } from "../task.ts";
import type { UpscaleScale } from "../upscaling/scales.ts";
import type { GuidedConditions } from "../conditions.ts";
import { checkUpscale } from "./check-upscale.ts";
import { holds, refuseIfTooLarge } from "./device-memory.ts";
import { sizesOf } from "./drawn-sizes.ts";
import { excessOf } from "./limits.ts";
import { refuseUnhonoured } from "./optional-fields.ts";
import { checkOrigin } from "./origin-fields.ts";
import { cutTo, paddedRequest } from "./padding.ts";
import { readyOrigin } from "./ready-origin.ts";
import type { ReadyOrigin } from "./ready-origin.ts";
import { seedsOf } from "./seeds.ts";
import { settingsOf } from "./settings.ts";

/** A request that was checked and completed. Drawing it runs graphs and decides nothing more. */
export interface ReadyRequest {
  readonly settings: Settings;
  /** The size that is drawn. The picture is resized to the size in `settings`. */
  readonly drawn: Size;
  /** The size of its latent. */
  readonly size: LatentSize;
  readonly schedule: Schedule;
  readonly prompts: TokenizedPrompts;
  /** The denoiser's own. */
  readonly conditions: GuidedConditions | undefined;
  /** How the denoiser runs. */
  readonly way: DenoiseWay;
  /** Whether the denoiser also runs over the negative prompt. */
  readonly guided: boolean;
  /** One for each picture. */
  readonly seeds: readonly number[];
  readonly previews: number;
  /** Times that the drawn pictures are enlarged. Default: they are not. */
  readonly upscale?: UpscaleScale | undefined;
  /** Default: pictures start from noise alone. */
  readonly origin?: ReadyOrigin | undefined;
}

/**
 * Checks a request and completes it, before it queues. Runs no graph. Rejects with INVALID_INPUT or UNSUPPORTED on the
 * field that this model cannot draw with.
 */
export async function prepareRequest(
  model: DiffusionModel,
  request: ImageRequest,
  signal: AbortSignal,
): Promise<ReadyRequest> {
  checkOrigin(request, model);
  refuseUnhonoured(request, model.fields);
  const padded = await paddedRequest(request);
  const ready = await readyRequest(model, padded, signal);
  if (padded === request || !ready.origin) return ready;
  const { width, height } = request.image!;
  const settings = { ...ready.settings, width, height };
  return { ...ready, settings, origin: cutTo(ready.origin, { width, height }) };
}

async function readyRequest(
  model: DiffusionModel,
  request: ImageRequest,
  signal: AbortSignal,
): Promise<ReadyRequest> {
  const { drawn, final } = sizesOf(request, model);
  const asked = settingsOf(request, model.defaults, final);
  const scheduler = model.scheduler(asked.sampler);
  const settings = isDefault(asked.sampler) ? { ...asked, sampler: scheduler.name } : asked;
  checkUpscale(request, model, settings);
  const { steps, guidance, strength } = settings;
  const { count = 1 } = request;
  const excess = excessOf(model.id, model.limits, { ...settings, drawn, count });
  if (excess) throw new KernelError("INVALID_INPUT", excess.message, { param: excess.param });
  const size = latentSize(model, drawn);
  refuseTooLarge(model, { size: settings, latent: size, encodes: request.image !== undefined });
  const schedule = scheduler.schedule({ steps, size, strength });
  const { previews = 0, promptTruncate: truncate = model.promptTruncate ?? false } = request;
  const seeds = seedsOf(request.seed, count);
  const guided = guidance > 1 && !model.denoiser.embedsGuidance;
  const conditions = model.denoiser.conditions?.(settings, drawn);
  const prompts = await model.prompts.tokenize(
    { ...request, guided, clipSkip: settings.clipSkip, truncate },
    signal,
  );
  const way = guided ? guidedWay(model, size) : unguided;
  const origin = request.image && (await readyOrigin(request, { drawn, final }));
  const shared = { settings, drawn, size, schedule, conditions, prompts, way, guided };
  return { ...shared, seeds, previews, upscale: request.upscale, origin };
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
