import type { GuidedConditions } from "./conditions.ts";
import { controlledDenoiser } from "./control/controlled-denoiser.ts";
import type { Denoiser } from "./denoiser.ts";
import type { DiffusionModel } from "./diffusion-model.ts";
import { draw } from "./draw.ts";
import type { Drawing } from "./draw.ts";
import type { Origin } from "./origin.ts";
import { latentMask } from "./picture/area.ts";
import type { Area } from "./picture/area.ts";
import { pixelTensor, unsigned } from "./picture/pixel-tensor.ts";
import type { Sketch } from "./picture/sketch.ts";
import type { ReadyOrigin } from "./request/ready-origin.ts";
import type { ReadyPass } from "./request/ready-pass.ts";
import type { ReadyRequest } from "./request/ready-request.ts";
import type { Picture, Pixels, Settings } from "./task.ts";

/** A pass over one picture: its seed, and the picture of the pass before, if there is one. */
export interface PassOver extends Pick<Drawing, "seed" | "shown" | "onStep"> {
  readonly before: Picture | undefined;
}

export type DrawPass = (over: PassOver) => Promise<Picture>;

export interface PassOptions extends Pick<Drawing, "signal"> {
  /** The request's encoded prompts. */
  readonly texts: GuidedConditions;
  /** How previews are made. undefined: there are none. */
  readonly sketch: Sketch | undefined;
}

/** Readies a pass for all pictures of a request: what they share is encoded once. */
export async function openPass(
  model: DiffusionModel,
  { settings }: ReadyRequest,
  pass: ReadyPass,
  { texts, sketch, signal }: PassOptions,
): Promise<DrawPass> {
  const { autoencoder, denoiser } = model;
  const { size, schedule, conditions, origin } = pass;
  const channels = denoiser.inpaints ? 2 * size.channels + 1 : size.channels;
  const predict = cachedPredict(denoiser, settings);
  const denoise = pass.way(await controlled({ ...denoiser, predict }, pass, signal), {
    dims: [1, channels, size.height, size.width],
    conditions: {
      prompt: { ...conditions?.prompt, ...texts.prompt },
      negative: texts.negative && { ...conditions?.negative, ...texts.negative },
    },
    guidance: { scale: settings.guidance, rescale: settings.guidanceRescale },
    signal,
  });
  const shared = { schedule, denoise, autoencoder, size, finish: pass.finish, sketch, signal };
  const encoded = origin && (await originOf(model, pass, origin, signal));
  return async ({ before, ...own }) => draw({ ...shared, ...own, origin: await encoded?.(before) });
}

/** The denoiser's `predict` for one pass, with DeepCache where the settings have an interval of it. */
function cachedPredict(
  denoiser: Denoiser,
  { deepcacheInterval: interval = 1 }: Settings,
): Denoiser["predict"] {
  return interval > 1 ? denoiser.deepCached!(interval) : denoiser.predict;
}

/** The denoiser with the ControlNets of a pass. */
async function controlled(
  denoiser: Denoiser,
  { controls, schedule, size }: ReadyPass,
  signal: AbortSignal,
): Promise<Denoiser> {
  if (!controls) return denoiser;
  const each = controls.each.map(async ({ picture, ...control }) => {
    return { ...control, picture: await pixelTensor(picture, signal, { values: unsigned }) };
  });
  return controlledDenoiser(denoiser, await Promise.all(each), {
    guess: controls.guess,
    steps: schedule.timesteps.length,
    channels: size.channels,
  });
}

/** Encodes what a pass starts from: at once where all pictures share it, else for each. */
async function originOf(
  { autoencoder, denoiser }: DiffusionModel,
  { size, isWhole }: ReadyPass,
  { picture, area }: ReadyOrigin,
  signal: AbortSignal,
): Promise<(before: Picture | undefined) => Promise<Origin>> {
  const encoded = async (pixels: Pixels): Promise<Origin> => {
    const encode = (grey?: Area) => autoencoder.encoder!.encode(pixels, grey, signal);
    return {
      picture: await encode(),
      isWhole,
      inpainting: area && {
        mask: latentMask(area, size),
        masked: await encode(area),
        denoiserTakesMask: denoiser.inpaints ?? false,
      },
    };
  };
  if (typeof picture === "function") return async (before) => encoded(await picture(before!));
  const shared = await encoded(picture);
  return async () => shared;
}
