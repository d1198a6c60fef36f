import { KernelError } from "@kindred/core";
import { guidedApart, guidedTogether, unguided } from "../denoise.ts";
import type { DenoiseWay } from "../denoise.ts";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { TokenizedPrompts } from "../prompt/prompt-encoder.ts";
import { isDefault } from "../schedulers/names.ts";
import type { Schedule } from "../schedulers/scheduler.ts";
import type { ImageRequest, LatentSize, Settings, Size } from "../task.ts";
import type { GuidedConditions } from "../conditions.ts";
import { holds, refuseIfTooLarge } from "./device-memory.ts";
import { excessOf } from "./limits.ts";
import { refuseUnhonoured } from "./optional-fields.ts";
import { seedsOf } from "./seeds.ts";
import { settingsOf } from "./settings.ts";
import { drawnSize } from "./size.ts";

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
  refuseUnsupported(request);
  refuseUnhonoured(request, model.fields);
  const asked = settingsOf(request, model.defaults, model.multiple);
  const scheduler = model.scheduler(asked.sampler);
  const settings = isDefault(asked.sampler) ? { ...asked, sampler: scheduler.name } : asked;
  const { steps, guidance } = settings;
  const drawn = model.only ? drawnSize(settings, model.only, model.multiple) : settings;
  const { count = 1 } = request;
  const excess = excessOf(model.id, model.limits, { ...settings, drawn, count });
  if (excess) throw new KernelError("INVALID_INPUT", excess.message, { param: excess.param });
  const size = latentSize(model, drawn);
  refuseTooLarge(model, settings, size);
  const schedule = scheduler.schedule({ steps, size });
  const { previews = 0, promptTruncate: truncate = model.promptTruncate ?? false } = request;
  const seeds = seedsOf(request.seed, count);
  const guided = guidance > 1 && !model.denoiser.embedsGuidance;
  const conditions = model.denoiser.conditions?.(settings, drawn);
  const prompts = await model.prompts.tokenize(
    { ...request, guided, clipSkip: settings.clipSkip, truncate },
    signal,
  );
  const way = guided ? guidedWay(model, size) : unguided;
  return { settings, drawn, size, schedule, conditions, prompts, way, guided, seeds, previews };
}

function refuseUnsupported(request: ImageRequest): void {
  for (const param of ["image", "mask", "strength", "control"] as const) {
    if (request[param] === undefined) continue;
    const message = `This model draws from text alone. Leave ${param} out.`;
    throw new KernelError("UNSUPPORTED", message, { param });
  }
}

export function latentSize(
  { autoencoder }: Pick<DiffusionModel, "autoencoder">,
  { width, height }: Size,
): LatentSize {
  const { channels, factor } = autoencoder;
  return { channels, width: Math.floor(width / factor), height: Math.floor(height / factor) };
}

function refuseTooLarge(
  { denoiser, autoencoder, device }: DiffusionModel,
  settings: Settings,
  { channels, height, width }: LatentSize,
): void {
  const latents = [1, channels, height, width];
  for (const component of [denoiser, autoencoder])
    refuseIfTooLarge(component, latents, { device, size: settings });
}

/** Chooses by all the memory of the device, not by what is free now, so that a launch always draws the same. */
function guidedWay(
  { denoiser, device }: DiffusionModel,
  { channels, height, width }: LatentSize,
): DenoiseWay {
  return holds(device, denoiser, [2, channels, height, width]) ? guidedTogether : guidedApart;
}
