import type { Tensor } from "@kindred/core";
import type { Conditions } from "../conditions.ts";
import type { Denoiser, DenoiserInput } from "../denoiser.ts";
import type { ControlNet } from "./control-net.ts";
import { firstChannels, lastRows } from "./rows.ts";
import { sumResiduals } from "./sum-residuals.ts";

/** A ControlNet that takes part in a drawing. */
export interface Control {
  readonly net: ControlNet;
  /** float32 [1, 3, height, width] in pixels, from 0 to 1. */
  readonly picture: Tensor;
  readonly scale: number;
  /** The shares of the steps from which on, and up to which, it takes part. */
  readonly start: number;
  readonly end: number;
}

export interface ControlOptions {
  /** Whether each runs over the prompt alone, and its finer outputs weigh less. */
  readonly guess: boolean;
  /** The schedule's. */
  readonly steps: number;
  /** A latent's. */
  readonly channels: number;
}

/** A denoiser that takes residuals, with those of ControlNets at each step. */
export function controlledDenoiser(
  denoiser: Denoiser,
  controls: readonly Control[],
  { guess, steps, channels }: ControlOptions,
): Denoiser {
  return {
    ...denoiser,
    async predict(input, signal) {
      const { latents, timestep, step, promptRows } = input;
      const [all = 0, taken] = latents.dims;
      const rows = guess ? promptRows : all;
      const taking = rows > 0 ? controls.filter((each) => takesPart(each, step, steps)) : [];
      if (taking.length === 0) return denoiser.predict(input, signal);
      const seen = {
        timestep,
        latents: lastRows(taken === channels ? latents : firstChannels(latents, channels), rows),
        conditions: rowsOf(input.conditions, rows),
      };
      const found: Conditions[] = [];
      for (const { net, picture, scale } of taking)
        found.push(await net.residuals({ ...seen, picture, strength: { scale, guess } }, signal));
      const residuals = await sumResiduals(found, all - rows, signal);
      const conditions = { ...input.conditions, ...residuals };
      return denoiser.predict({ ...input, conditions }, signal);
    },
  };
}

/** As diffusers decides it: the whole of the step lies within the shares. */
export function takesPart(
  { start, end }: Pick<Control, "start" | "end">,
  step: number,
  steps: number,
): boolean {
  return step / steps >= start && (step + 1) / steps <= end;
}

function rowsOf(conditions: DenoiserInput["conditions"], rows: number): Conditions {
  return Object.fromEntries(
    Object.entries(conditions).map(([name, tensor]) => [name, lastRows(tensor, rows)]),
  );
}
