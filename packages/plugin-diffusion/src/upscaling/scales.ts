import { KernelError } from "@kindred/core";
import type { Upscaler } from "./upscaler.ts";

/** Times that a request may have a picture's sides enlarged. */
export type UpscaleScale = 2 | 4;

const scales: readonly UpscaleScale[] = [2, 4];

/** The scales that an upscaler can be asked for: all, until its own is known. */
export function scalesOf({ scale = Infinity }: Upscaler): readonly UpscaleScale[] {
  return scales.filter((each) => each <= scale);
}

/** UNSUPPORTED on `param` for a scale beyond the network's own. */
export function refuseScale(upscaler: Upscaler, asked: number, param: string): void {
  const { name, scale = Infinity } = upscaler;
  if (asked <= scale) return;
  const found = scalesOf(upscaler);
  const advice = found.length > 0 ? `Ask for ${found.join(" or ")}` : "Leave it out";
  throw new KernelError(
    "UNSUPPORTED",
    `${asked} is more than "${name}" enlarges by, which is ${scale}. ${advice}, or launch an upscaler of that scale.`,
    { param },
  );
}
