import { canny } from "../picture/canny.ts";
import { cutOut } from "../picture/region.ts";
import { resize } from "../picture/resize.ts";
import type { ImageRequest, Pixels } from "../task.ts";
import type { ChosenControl } from "./choose-controls.ts";
import type { ReadyPass } from "./ready-pass.ts";

/** A ControlNet that takes part, and the picture that it follows, of the size that is drawn. */
export interface ReadyControl extends ChosenControl {
  readonly picture: Pixels;
}

/** How the ControlNets of a request take part in a pass. */
export interface ReadyControls {
  readonly each: readonly ReadyControl[];
  readonly guess: boolean;
}

/** The request with what its ControlNets follow, made of the pictures that it has. ABORTED by the signal. */
export async function preprocessed(
  request: ImageRequest,
  signal: AbortSignal,
): Promise<ImageRequest> {
  if (!request.control?.some(({ preprocess }) => preprocess)) return request;
  const made = new Map<Pixels, Pixels>();
  for (const { image, preprocess } of request.control)
    if (preprocess && !made.has(image)) made.set(image, await canny(image, signal));
  const control = request.control.map(({ preprocess, ...each }) =>
    preprocess ? { ...each, image: made.get(each.image)! } : each,
  );
  return { ...request, control };
}

/** Brings the pictures to what the pass draws; the event loop turns meanwhile. undefined where there are none. */
export async function readyControls(
  chosen: readonly ChosenControl[],
  { control = [], guessMode = false }: ImageRequest,
  { drawn, origin }: Pick<ReadyPass, "drawn" | "origin">,
): Promise<ReadyControls | undefined> {
  const [first] = chosen;
  if (!first) return undefined;
  const cutout = origin?.cutout;
  const pictureOf = async ({ image }: { readonly image: Pixels }) =>
    cutout ? cutOut(await resize(image, cutout.of), cutout.region, drawn) : resize(image, drawn);
  const each: ReadyControl[] = [];
  for (const [i, one] of chosen.entries())
    each.push({ ...one, picture: await pictureOf(control[i]!) });
  // diffusers decides it by the first of several.
  return { each, guess: guessMode || first.net.poolsResiduals };
}
