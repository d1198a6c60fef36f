import { KernelError, token } from "@kindred/core";
import type { Token } from "@kindred/core";
import type { Size } from "../task.ts";
import { numeral } from "./numeral.ts";
import type { OriginSizes } from "./ready-origin.ts";
import { sizeText } from "./size.ts";

/** How much one request may have drawn. */
export interface PictureLimits {
  /** Pixels of a picture's side. */
  readonly maxSide: number;
  /** Pixels of a picture, as it is drawn, in all its passes, times steps times pictures. */
  readonly maxPixelSteps: number;
}

/** Limits of all models of a server. A launch may lower them. Default: none but each model's own. */
export const pictureLimits: Token<Partial<PictureLimits>> = token("picture-limits", {});

/** What is drawn, and how often. */
export interface Amount extends Size {
  readonly steps: number;
  /** The size that is drawn, where it is resized to the size asked for. */
  readonly drawn: Size;
  readonly count: number;
  /** The sizes of a second pass, in as many steps. Default: there is none. */
  readonly hires?: OriginSizes | undefined;
}

/** Models that were trained on smaller pictures than this draw larger ones cheaply. */
const leastSide = 512;
/** Times the side of the largest of a model's sizes: 2048 for 512. */
const sides = 4;
/** Pictures of a model's size times steps: ten of nine times the pixels in 50 steps, and some more. */
const pictureSteps = 5_000;

/**
 * The limits of a model that draws these sizes unless it is asked for others: the launch's, or else the server's, or else by its
 * largest size. None is above the server's.
 */
export function limitsOf(
  sizes: readonly Size[],
  launch: { readonly [Name in keyof PictureLimits]: number | undefined },
  server: Partial<PictureLimits>,
): PictureLimits {
  const side = Math.max(leastSide, ...sizes.flatMap(({ width, height }) => [width, height]));
  const pixels = Math.max(leastSide ** 2, ...sizes.map(({ width, height }) => width * height));
  const own = { maxSide: sides * side, maxPixelSteps: pictureSteps * pixels };
  const limit = (name: keyof PictureLimits) =>
    Math.min(launch[name] ?? server[name] ?? own[name], server[name] ?? Infinity);
  return { maxSide: limit("maxSide"), maxPixelSteps: limit("maxPixelSteps") };
}

const limitNames: readonly string[] = [
  "maxSide",
  "maxPixelSteps",
  "maxUploadBytes",
  "maxUploadPixels",
  "maxUpscaledPixels",
];

/** INVALID_INPUT for a limit that does not exist, or is no number above 0: callers without types send it. */
export function checkLimits(limits: Partial<Record<string, number>>): void {
  for (const [name, value] of Object.entries(limits)) {
    if (!limitNames.includes(name)) {
      const message = `diffusion has no option "${name}". Its options are ${limitNames.join(", ")}.`;
      throw new KernelError("INVALID_INPUT", message, { param: name });
    }
    if (value === undefined || value > 0) continue;
    const message = `${name} must be a number above 0, not ${value}.`;
    throw new KernelError("INVALID_INPUT", message, { param: name });
  }
}

export interface Excess {
  /** The first member of the amount that makes it too much. */
  readonly param: keyof Amount;
  readonly message: string;
  readonly bound: keyof PictureLimits;
}

/** Why an amount is too much; undefined when it is not. */
export function excessOf(
  model: string,
  { maxSide, maxPixelSteps }: PictureLimits,
  amount: Amount,
): Excess | undefined {
  const side = (["width", "height"] as const).find((each) => !(amount[each] <= maxSide));
  if (side !== undefined) {
    const message = `${side} is ${amount[side]}; "${model}" draws sides of at most ${maxSide} pixels. Ask for a smaller size, or raise max_side.`;
    return { param: side, message, bound: "maxSide" };
  }
  const { drawn, hires, steps, count } = amount;
  if (hires && !(Math.max(hires.final.width, hires.final.height) <= maxSide)) {
    const message = `hires would enlarge the picture to ${sizeText(hires.final)}; "${model}" draws sides of at most ${maxSide} pixels. Ask for a smaller scale or size, or raise max_side.`;
    return { param: "hires", message, bound: "maxSide" };
  }
  const first = pixelsOf(drawn);
  const pixels = first + (hires ? pixelsOf(hires.drawn) : 0);
  const all = pixels * steps * count;
  if (all <= maxPixelSteps) return undefined;
  const fits = (share: number) => share <= maxPixelSteps;
  const ofOnePass = !fits(first) ? "width" : !fits(first * steps) ? "steps" : "count";
  const param = fits(first * steps * count) ? "hires" : ofOnePass;
  const pictures = count === 1 ? "A picture" : `${count} pictures`;
  const sizes = [drawn, ...(hires ? [hires.drawn] : [])].map(sizeText).join(" and then ");
  const message = `${pictures} of ${sizes} pixels in ${steps} steps would be ${numeral(all)} pixels times steps; "${model}" draws at most ${numeral(maxPixelSteps)} in one request. Ask for fewer pictures, steps or pixels, or raise max_pixel_steps.`;
  return { param, message, bound: "maxPixelSteps" };
}

function pixelsOf({ width, height }: Size): number {
  return width * height;
}
