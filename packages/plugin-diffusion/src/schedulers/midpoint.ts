import type { AncestralStep } from "./ancestral.ts";
import { noiseScale, sigmaSpace } from "./latent-space.ts";
import { noised, predictedClean, sigmaLevel } from "./level.ts";
import type { Prediction } from "./level.ts";
import type { SigmaSchedule } from "./schedule/sigma-schedule.ts";
import { timestepOf } from "./schedule/sigmas.ts";
import type { Spacing } from "./schedule/timesteps.ts";
import type { Schedule } from "./scheduler.ts";
import { weighted } from "./weighted.ts";
import type { Term } from "./weighted.ts";

const { ceil, floor, fround, sqrt } = Math;

export interface Midpoint {
  readonly config: Spacing;
  readonly prediction: Prediction;
  readonly schedule: SigmaSchedule;
  /** Sigmas of training, by timestep. */
  readonly training: Float32Array;
  /** The sigma that a step between two sigmas goes down to, and the noise it adds. */
  readonly step: (from: number, to: number) => AncestralStep;
}

/**
 * Lu et al. 2022, "DPM-Solver", second order in Karras et al.'s variables. A step has two calls, the second at its
 * geometric middle, whose slope carries the whole step. The last step ends without noise and has one call.
 */
export function midpointSchedule(method: Midpoint): Schedule {
  const { config, prediction, schedule, training } = method;
  const sigmas = [...schedule.sigmas, 0];
  const steps = schedule.sigmas.map((sigma, k) => method.step(sigma, sigmas[k + 1]!));
  const middles = steps.map(({ down }, k) => fround(sqrt(sigmas[k]! * down)));
  const level = (i: number) => sigmaLevel(i % 2 === 0 ? sigmas[i / 2]! : middles[floor(i / 2)]!);

  return {
    timesteps: schedule.timesteps.flatMap((time, k) =>
      k === 0 ? [time] : [fround(timestepOf(middles[k - 1]!, training)), time],
    ),
    ...sigmaSpace(level, noiseScale(config, sigmas)),
    // At a step's middle diffusers keeps masked parts at the noise of the step's end, and pictures should agree.
    addNoise: (clean, noise, i) => noised(clean, noise, sigmaLevel(sigmas[ceil(i / 2)]!)),
    start(noise) {
      let origin: Float32Array;
      return {
        step(output, latent, i) {
          const denoised = predictedClean({ prediction, output, latent, level: level(i) });
          const sigma = level(i).sigma;
          const slope = weighted([1 / sigma, latent], [-1 / sigma, denoised]);
          const k = floor(i / 2);
          if (i % 2 === 0) {
            origin = latent;
            return { denoised, latent: weighted([1, latent], [middles[k]! - sigmas[k]!, slope]) };
          }
          const { down, up } = steps[k]!;
          const fresh: Term[] = up > 0 ? [[up, noise()]] : [];
          return { denoised, latent: weighted([1, origin], [down - sigmas[k]!, slope], ...fresh) };
        },
      };
    },
  };
}
