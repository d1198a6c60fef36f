import { KernelError } from "@kindred/core";
import type { Device } from "@kindred/core";
import type { ControlNet } from "../control/control-net.ts";
import { guidedApart, guidedTogether, unguided } from "../denoise.ts";
import type { DenoiseWay } from "../denoise.ts";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { TokenizedPrompts } from "../prompt/prompt-encoder.ts";
import { isDefault } from "../schedulers/names.ts";
import type { Schedule } from "../schedulers/scheduler.ts";
import type { ImageRequest, LatentSize, Settings, Size } from "../task.ts";
import type { GuidedConditions } from "../conditions.ts";
import { holds, refuseIfTooLarge } from "./device-memory.ts";
import type { LatentComponent } from "./device-memory.ts";
import { sizesOf } from "./drawn-sizes.ts";
import { excessOf } from "./limits.ts";
import { refuseUnhonoured } from "./optional-fields.ts";
import { checkOrigin } from "./origin-fields.ts";
import { cutTo, paddedRequest } from "./padding.ts";
import { chooseControls, readyControls, withoutFollow } from "./ready-controls.ts";
import type { ReadyControls } from "./ready-controls.ts";
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
  /** Default: pictures start from noise alone. */
  readonly origin?: ReadyOrigin | undefined;
  /** Default: no ControlNet takes part. */
  readonly controls?: ReadyControls | undefined;
}

/**
 * Checks a request and completes it, before it queues. Runs no graph. Rejects with INVALID_INPUT or UNSUPPORTED on the
 * field that this model cannot draw with.
 */
export async function prepareRequest(
  model: DiffusionModel,
  asked: ImageRequest,
  signal: AbortSignal,
): Promise<ReadyRequest> {
  const request = withoutFollow(asked, model);
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
  const chosen = chooseControls(request, model);
  const controlNets = chosen.map(({ net }) => net);
  const { drawn, final } = sizesOf(request, model);
  const asked = settingsOf(request, { defaults: model.defaults, final, controls: chosen });
  const scheduler = model.scheduler(asked.sampler);
  const settings = isDefault(asked.sampler) ? { ...asked, sampler: scheduler.name } : asked;
  const { steps, guidance, strength } = settings;
  const { count = 1 } = request;
  const excess = excessOf(model.id, model.limits, { ...settings, drawn, count });
  if (excess) throw new KernelError("INVALID_INPUT", excess.message, { param: excess.param });
  const size = latentSize(model, drawn);
  const components = componentsOf(model, controlNets, request);
  refuseTooLarge(components, { device: model.device, size: settings, latent: size });
  const schedule = scheduler.schedule({ steps, size, strength });
  const { previews = 0, promptTruncate: truncate = model.promptTruncate ?? false } = request;
  const seeds = seedsOf(request.seed, count);
  const guided = guidance > 1 && !model.denoiser.embedsGuidance;
  const conditions = model.denoiser.conditions?.(settings, drawn);
  const prompts = await model.prompts.tokenize(
    { ...request, guided, clipSkip: settings.clipSkip, truncate },
    signal,
  );
  const way = guided ? guidedWay(model.device, [model.denoiser, ...controlNets], size) : unguided;
  const origin = request.image && (await readyOrigin(request, { drawn, final }));
  const controls = await readyControls(chosen, request.guessMode, drawn);
  const shared = { settings, drawn, size, schedule, conditions, prompts, way, guided };
  return { ...shared, seeds, previews, origin, controls };
}

export function latentSize(
  { autoencoder }: Pick<DiffusionModel, "autoencoder">,
  { width, height }: Size,
): LatentSize {
  const { channels, factor } = autoencoder;
  return { channels, width: Math.floor(width / factor), height: Math.floor(height / factor) };
}

interface Drawn {
  readonly device: Device;
  /** The one asked for. */
  readonly size: Size;
  readonly latent: LatentSize;
}

/** The components that a request runs over its latents. */
function componentsOf(
  { denoiser, autoencoder }: DiffusionModel,
  controlNets: readonly ControlNet[],
  { image }: ImageRequest,
): readonly LatentComponent[] {
  const encoder = image && autoencoder.encoder;
  return [denoiser, ...controlNets, autoencoder, ...(encoder ? [encoder] : [])];
}

function refuseTooLarge(
  components: readonly LatentComponent[],
  { device, size, latent: { channels, height, width } }: Drawn,
): void {
  const latents = [1, channels, height, width];
  for (const component of components) refuseIfTooLarge(component, latents, { device, size });
}

/** Chooses by all the memory of the device, not by what is free now, so that a launch always draws the same. */
function guidedWay(
  device: Device,
  components: readonly LatentComponent[],
  { channels, height, width }: LatentSize,
): DenoiseWay {
  const latents = [2, channels, height, width];
  return components.every((each) => holds(device, each, latents)) ? guidedTogether : guidedApart;
}
