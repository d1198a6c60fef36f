import type { DiffusionModel } from "../diffusion-model.ts";
import type { TokenizedPrompts } from "../prompt/prompt-encoder.ts";
import type { ImageRequest, Settings } from "../task.ts";
import type { UpscaleScale } from "../upscaling/scales.ts";
import { checkedSettings } from "./checked-settings.ts";
import { chooseControls } from "./choose-controls.ts";
import type { ChosenControl } from "./choose-controls.ts";
import { checkDeepCache, withoutIdleInterval } from "./deep-cache.ts";
import { sizesOf, sizingPicture } from "./drawn-sizes.ts";
import { withoutFollow } from "./follow.ts";
import { blamingHires, checkHires, enlargedSizes, hiresOrigin } from "./hires.ts";
import { refuseUnhonoured } from "./optional-fields.ts";
import { checkOrigin } from "./origin-fields.ts";
import { cutting, paddedRequest } from "./padding.ts";
import { preprocessed, readyControls } from "./ready-controls.ts";
import { readyOrigin } from "./ready-origin.ts";
import type { ReadyOrigin } from "./ready-origin.ts";
import { readyPass } from "./ready-pass.ts";
import type { ReadyPass } from "./ready-pass.ts";
import { seedsOf } from "./seeds.ts";

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
  checkDeepCache(request, model);
  const controls = chooseControls(request, model);
  const lined = await preprocessed(request, signal);
  const padded = await paddedRequest(lined);
  const ready = await readyRequest(model, { request: padded, controls }, signal);
  if (padded === lined) return ready;
  const { width, height } = sizingPicture(request)!;
  const passes = ready.passes.map((pass) => ({
    ...pass,
    finish: cutting(pass.finish, { width, height }),
  }));
  return { ...ready, settings: { ...ready.settings, width, height }, passes };
}

interface Checked {
  readonly request: ImageRequest;
  readonly controls: readonly ChosenControl[];
}

async function readyRequest(
  model: DiffusionModel,
  { request, controls }: Checked,
  signal: AbortSignal,
): Promise<ReadyRequest> {
  const { count = 1, hires, previews = 0 } = request;
  const sizes = sizesOf(request, model);
  const enlarged = hires && enlargedSizes(hires, sizes, model);
  const { settings, scheduler } = checkedSettings(model, { request, controls, sizes, enlarged });
  const guided = settings.guidance > 1 && !model.denoiser.embedsGuidance;
  const controlNets = controls.map(({ net }) => net);
  const shared = { settings, scheduler, guided, controlNets, hasPreviews: previews > 0 };
  // Only the last pass's picture is resized to the size asked for.
  const firstSizes = enlarged ? { drawn: sizes.drawn, final: sizes.drawn } : sizes;
  const first = readyPass(model, { ...shared, sizes: firstSizes, strength: settings.strength });
  const again = enlarged && { ...shared, sizes: enlarged, strength: settings.hires?.strength };
  const second = again && blamingHires(() => readyPass(model, again));
  const seeds = seedsOf(request.seed, count);
  const { promptTruncate: truncate = model.promptTruncate ?? false } = request;
  const prompts = await model.prompts.tokenize(
    { ...request, guided, clipSkip: settings.clipSkip, truncate },
    signal,
  );
  const origin = request.image && (await readyOrigin(request, first));
  const passes: ReadyPass[] = [origin ? over(first, origin) : first];
  if (hires && second) passes.push(over(second, await hiresOrigin(request, hires, second)));
  const controlled = passes.map(async (pass) => {
    return { ...pass, controls: await readyControls(controls, request, pass) };
  });
  const shown = {
    settings: withoutIdleInterval(settings, passes),
    prompts,
    guided,
    seeds,
    previews,
    upscale: request.upscale,
  };
  return { ...shown, passes: await Promise.all(controlled) };
}

/** The pass over an origin, which finishes its pictures. */
function over(pass: ReadyPass, origin: ReadyOrigin): ReadyPass {
  return { ...pass, origin, finish: origin.finish };
}
