import type { AncestralStep } from "./ancestral.ts";
import { noiseScale, sigmaSpace } from "./latent-space.ts";
import { noised, type Prediction, predictedClean, sigmaLevel } from "./level.ts";
import type { SigmaSchedule } from "./schedule/sigma-schedule.ts";
import { timestepOf } from "./schedule/sigmas.ts";
import type { Spacing } from "./schedule/timesteps.ts";
import type { Sampling } from "./scheduler.ts";
import { type Term, weighted } from "./weighted.ts";

const { ceil, floor, fround, sqrt } = Math;

export interface Midpoint {
  readonly config: Spacing;
  readonly prediction: Prediction;
  readonly schedule: SigmaSchedule;
  /** Sigmas of training, by timestep. */
  readonly training: Float32Array;
  /** Where a step between two sigmas goes. */
  readonly step: (from: number, to: number) => AncestralStep;
  readonly noise: () => Float32Array;
}

/**
 * Lu et al. 2022, "DPM-Solver", second order in Karras et al.'s variables: two calls a step, the second at its
 * geometric middle, whose slope carries the whole step. The last step, which ends at no noise, has one call.
 */
export function midpointSampling(method: Midpoint): Sampling {
  const { config, prediction, schedule, training } = method;
  const sigmas = [...schedule.sigmas, 0];
  const steps = schedule.sigmas.map((sigma, k) => method.step(sigma, sigmas[k + 1]!));
  const middles = steps.map(({ down }, k) => fround(sqrt(sigmas[k]! * down)));
  const level = (i: number) => sigmaLevel(i % 2 === 0 ? sigmas[i / 2]! : middles[floor(i / 2)]!);
  let start: Float32Array;

  return {
    timesteps: schedule.timesteps.flatMap((time, k) =>
      k === 0 ? [time] : [fround(timestepOf(middles[k - 1]!, training)), time],
    ),
    ...sigmaSpace(level, noiseScale(config, sigmas)),
    // At a step's middle diffusers keeps masked parts at the step's end; so that pictures agree, so does this.
    addNoise: (clean, noise, i) => noised(clean, noise, sigmaLevel(sigmas[ceil(i / 2)]!)),
    step(output, latent, i) {
      const denoised = predictedClean({ prediction, output, latent, level: level(i) });
      const sigma = level(i).sigma;
      const slope = weighted([1 / sigma, latent], [-1 / sigma, denoised]);
      const k = floor(i / 2);
      if (i % 2 === 0) {
        start = latent;
        return { denoised, latent: weighted([1, latent], [middles[k]! - sigmas[k]!, slope]) };
      }
      const { down, up } = steps[k]!;
      const fresh: Term[] = up > 0 ? [[up, method.noise()]] : [];
      return { denoised, latent: weighted([1, start], [down - sigmas[k]!, slope], ...fresh) };
    },
  };
}
