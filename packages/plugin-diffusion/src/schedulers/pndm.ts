import { KernelError } from "@kindred/core";
import { z } from "zod";
import { read, type SchedulerConfig } from "./config.ts";
import { shareSpace } from "./latent-space.ts";
import { type Level, predictedClean, predictedNoise } from "./level.ts";
import { noiseOrVelocity } from "./prediction.ts";
import { alphaLevels, cumulativeAlphas, training } from "./schedule/alphas.ts";
import { spacing, wholeTimesteps } from "./schedule/timesteps.ts";
import type { Solver } from "./solver.ts";
import { type Term, weighted } from "./weighted.ts";

const { floor } = Math;

/** Liu et al. 2022, "Pseudo Numerical Methods for Diffusion Models on Manifolds": Runge–Kutta first, then Adams–Bashforth. */
export function pndm(json: SchedulerConfig): Solver {
  const config = read("PNDMScheduler", fields, json);
  const { prediction_type: prediction, num_train_timesteps: count } = config;
  const alphas = cumulativeAlphas(config);
  const levelAt = alphaLevels(alphas, config.set_alpha_to_one ? 1 : alphas[0]!);

  /** Equation 11, from one timestep to another. */
  function move(latent: Float32Array, output: Float32Array, [from, to]: [number, number]) {
    const [here, there] = [levelAt(from), levelAt(to)];
    const noise = predictedNoise({ prediction, output, latent, level: here });
    return weighted([there.alpha / here.alpha, latent], [-transfer(here, there), noise]);
  }

  return {
    prediction,
    maximumSteps: count,
    order: 1,
    sample({ steps, strength = 1 }) {
      const stride = floor(count / steps);
      const times = wholeTimesteps(config, steps);
      if (!config.skip_prk_steps && steps < 4)
        throw new KernelError(
          "INVALID_INPUT",
          `PNDM with Runge–Kutta steps takes at least 4 steps, not ${steps}.`,
          { param: "steps" },
        );
      const warmUp = config.skip_prk_steps ? [] : rungeKuttaTimes(times, floor(stride / 2));
      if (warmUp.length > 0 && strength < 1)
        throw new KernelError(
          "UNSUPPORTED",
          "PNDM with Runge–Kutta steps cannot start within its schedule. Choose another sampler.",
          { param: "sampler" },
        );
      const timesteps = config.skip_prk_steps ? secondTwice(times) : [...warmUp, ...times.slice(3)];
      const level = (i: number) => levelAt(timesteps[i] ?? timesteps.at(-1)! - stride);
      const outputs: Float32Array[] = [];
      let start: Float32Array;
      let sum: Float32Array;
      let calls = 0;

      function rungeKutta(output: Float32Array, latent: Float32Array, time: number) {
        const stage = calls % 4;
        if (stage === 0) {
          start = latent;
          outputs.push(output);
        }
        const weight = stage === 0 || stage === 3 ? 1 / 6 : 1 / 3;
        sum = stage === 0 ? weighted([weight, output]) : weighted([1, sum], [weight, output]);
        const to = time - (calls % 2 === 0 ? floor(stride / 2) : 0);
        return move(start, stage === 3 ? sum : output, [warmUp[calls - stage]!, to]);
      }

      function adamsBashforth(output: Float32Array, latent: Float32Array, time: number) {
        // The second call looks again at where the first one landed, and repeats its step with the mean.
        if (calls === 1) {
          const mean = weighted([1 / 2, output], [1 / 2, outputs[0]!]);
          return move(start, mean, [time + stride, time]);
        }
        if (calls === 0) start = latent;
        outputs.push(output);
        return move(latent, multistep(outputs), [time, time - stride]);
      }

      return {
        timesteps,
        ...shareSpace(level),
        step(output, latent, i) {
          const advance = calls < warmUp.length ? rungeKutta : adamsBashforth;
          const denoised = predictedClean({ prediction, output, latent, level: level(i) });
          const moved = advance(output, latent, timesteps[i]!);
          calls++;
          return { latent: moved, denoised };
        },
      };
    },
  };
}

function transfer(from: Level, to: Level): number {
  const difference = to.alpha ** 2 - from.alpha ** 2;
  return difference / (from.alpha ** 2 * to.sigma + from.alpha * from.sigma * to.alpha);
}

const ADAMS_BASHFORTH = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
];

function multistep(outputs: readonly Float32Array[]): Float32Array {
  const recent = outputs.slice(-4).toReversed();
  const weights = ADAMS_BASHFORTH[recent.length - 1]!;
  return weighted(...recent.map((output, k): Term => [weights[k]!, output]));
}

function secondTwice(times: readonly number[]): number[] {
  return [...times.slice(0, 2), ...times.slice(1)];
}

/** Three steps of four calls: at the start, twice halfway, at the end. */
function rungeKuttaTimes(times: readonly number[], half: number): number[] {
  return [0, 1, 2].flatMap((k) => {
    const end = times[k + 1]!;
    return [times[k]!, end + half, end + half, end];
  });
}

const fields = {
  ...training(0.0001, 0.02, "linear"),
  ...spacing("leading"),
  prediction_type: noiseOrVelocity,
  set_alpha_to_one: z.boolean().default(false),
  skip_prk_steps: z.boolean().default(false),
};
