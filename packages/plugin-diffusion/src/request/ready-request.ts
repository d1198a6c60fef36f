import { KernelError } from "@kindred/core";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { TokenizedPrompts } from "../prompt/prompt-encoder.ts";
import { isDefault } from "../schedulers/names.ts";
import type { ImageRequest, Settings } from "../task.ts";
import type { UpscaleScale } from "../upscaling/scales.ts";
import { checkUpscale } from "./check-upscale.ts";
import { sizesOf } from "./drawn-sizes.ts";
import { blamingHires, checkHires, enlargedSizes, hiresOrigin, hiresSettings } from "./hires.ts";
import { excessOf } from "./limits.ts";
import { refuseUnhonoured } from "./optional-fields.ts";
import { checkOrigin } from "./origin-fields.ts";
import { cutTo, paddedRequest } from "./padding.ts";
import { chooseControls, readyControls, withoutFollow } from "./ready-controls.ts";
import { readyOrigin } from "./ready-origin.ts";
import { readyPass } from "./ready-pass.ts";
import type { ReadyPass } from "./ready-pass.ts";
import { seedsOf } from "./seeds.ts";
import { settingsOf } from "./settings.ts";

/** A request that was checked and completed. Drawing it runs graphs and decides nothing more. */
export interface ReadyRequest {
  readonly settings: Settings;
  /** One after the other, for each picture. The last one's picture is the answer. */
  readonly passes: readonly ReadyPass[];
  readonly prompts: TokenizedPrompts;
  /** Whether the denoiser also runs over the negative prompt. */
  readonly guided: boolean;
  /** One for each picture. */
  readonly seeds: readonly number[];
  readonly previews: number;
  /** Times that the drawn pictures are enlarged. Default: they are not. */
  readonly upscale?: UpscaleScale | undefined;
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
  checkHires(request, model);
  refuseUnhonoured(request, model.fields);
  const padded = await paddedRequest(request);
  const ready = await readyRequest(model, padded, signal);
  if (padded === request) return ready;
  const { width, height } = request.image!;
  const passes = ready.passes.map(({ origin, ...pass }) => ({
    ...pass,
    origin: origin && cutTo(origin, { width, height }),
  }));
  return { ...ready, settings: { ...ready.settings, width, height }, passes };
}

async function readyRequest(
  model: DiffusionModel,
  request: ImageRequest,
  signal: AbortSignal,
): Promise<ReadyRequest> {
  const { count = 1, hires, previews = 0 } = request;
  const chosen = chooseControls(request, model);
  const sizes = sizesOf(request, model);
  const enlarged = hires && enlargedSizes(hires, sizes, model);
  const asked = {
    ...settingsOf(request, { defaults: model.defaults, final: sizes.final, controls: chosen }),
    ...(hires && enlarged && hiresSettings(hires, sizes.final, enlarged.final)),
  };
  const scheduler = model.scheduler(asked.sampler);
  const settings = isDefault(asked.sampler) ? { ...asked, sampler: scheduler.name } : asked;
  checkUpscale(request, model, settings);
  const { drawn } = sizes;
  const amount = { ...asked, ...sizes.final, drawn, count, hires: enlarged };
  const excess = excessOf(model.id, model.limits, amount);
  if (excess) throw new KernelError("INVALID_INPUT", excess.message, { param: excess.param });

  const guided = settings.guidance > 1 && !model.denoiser.embedsGuidance;
  const shared = { settings, scheduler, guided, controlNets: chosen.map(({ net }) => net) };
  // Only the last pass's picture is resized to the size asked for.
  const firstSizes = enlarged ? { drawn, final: drawn } : sizes;
  const first = readyPass(model, {
    ...shared,
    sizes: firstSizes,
    strength: settings.strength,
  });
  const again = enlarged && { ...shared, sizes: enlarged, strength: settings.hires?.strength };
  const second = again && blamingHires(() => readyPass(model, again));
  const seeds = seedsOf(request.seed, count);
  const { promptTruncate: truncate = model.promptTruncate ?? false } = request;
  const prompts = await model.prompts.tokenize(
    { ...request, guided, clipSkip: settings.clipSkip, truncate },
    signal,
  );
  const origin = request.image && (await readyOrigin(request, first));
  const passes: ReadyPass[] = [{ ...first, origin }];
  if (hires && second)
    passes.push({ ...second, origin: await hiresOrigin(request, hires, second) });
  const controlled = passes.map(async (pass) => {
    return { ...pass, controls: await readyControls(chosen, request.guessMode, pass.drawn) };
  });
  const shown = { settings, prompts, guided, seeds, previews, upscale: request.upscale };
  return { ...shown, passes: await Promise.all(controlled) };
}
