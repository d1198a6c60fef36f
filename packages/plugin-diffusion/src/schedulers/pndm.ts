import { KernelError } from "@kindred/core";
import * as z from "zod";
import { read } from "./config.ts";
import type { SchedulerConfig } from "./config.ts";
import { shareSpace } from "./latent-space.ts";
import { predictedClean, predictedNoise } from "./level.ts";
import type { Level } from "./level.ts";
import { noiseOrVelocity } from "./prediction.ts";
import { alphaLevels, cumulativeAlphas, training } from "./schedule/alphas.ts";
import { spacing, wholeTimesteps } from "./schedule/timesteps.ts";
import type { SamplingRequest } from "./scheduler.ts";
import type { Solver } from "./solver.ts";
import { weighted } from "./weighted.ts";
import type { Term } from "./weighted.ts";

const { floor } = Math;

/** Liu et al. 2022, "Pseudo Numerical Methods for Diffusion Models on Manifolds": Runge–Kutta first, then Adams–Bashforth. */
export function pndm(json: SchedulerConfig): Solver {
  const config = read("PNDMScheduler", fields, json);
  const { prediction_type: prediction, num_train_timesteps: count } = config;
  const alphas = cumulativeAlphas(config);
  const levelAt = alphaLevels(alphas, config.set_alpha_to_one ? 1 : alphas[0]!);

  /** Equation 11, from one timestep to another. */
  const move: Move = (latent, output, [from, to]) => {
    const [here, there] = [levelAt(from), levelAt(to)];
    const noise = predictedNoise({ prediction, output, latent, level: here });
    return weighted([there.alpha / here.alpha, latent], [-transfer(here, there), noise]);
  };

  return {
    prediction,
    maxSteps: count,
    order: 1,
    schedule(request) {
      if (!config.skip_prk_steps) checkWarmUp(request);
      const stride = floor(count / request.steps);
      const times = wholeTimesteps(config, request.steps);
      const warmUp = config.skip_prk_steps ? [] : rungeKuttaTimes(times, floor(stride / 2));
      const rest = config.skip_prk_steps ? secondTwice(times) : times.slice(3);
      const timesteps = [...warmUp, ...rest];
      const levels = [...timesteps, timesteps.at(-1)! - stride].map(levelAt);
      return {
        timesteps,
        ...shareSpace((i) => levels[i]!),
        start() {
          const outputs: Float32Array[] = [];
          const first = rungeKutta(move, outputs, floor(stride / 2));
          const then = adamsBashforth(move, outputs, stride);
          return {
            step(output, latent, i) {
              const advance = i < warmUp.length ? first : then;
              return {
                denoised: predictedClean({ prediction, output, latent, level: levels[i]! }),
                latent: advance(output, latent, timesteps[i]!),
              };
            },
          };
        },
      };
    },
  };
}

type Move = (
  latent: Float32Array,
  output: Float32Array,
  times: readonly [from: number, to: number],
) => Float32Array;

type Advance = (output: Float32Array, latent: Float32Array, time: number) => Float32Array;

/** Four calls per step. The first output of each step is added to `outputs`. */
function rungeKutta(move: Move, outputs: Float32Array[], half: number): Advance {
  let start: { readonly latent: Float32Array; readonly time: number };
  let sum: Float32Array;
  let stage = 0;
  return (output, latent, time) => {
    if (stage === 0) {
      start = { latent, time };
      sum = weighted([1 / 6, output]);
      outputs.push(output);
    } else sum = weighted([1, sum], [stage === 3 ? 1 / 6 : 1 / 3, output]);
    const to = stage % 2 === 0 ? time - half : time;
    const slope = stage === 3 ? sum : output;
    stage = (stage + 1) % 4;
    return move(start.latent, slope, [start.time, to]);
  };
}

/** One call per step, with the last four outputs. Without earlier outputs the first step is made twice. */
function adamsBashforth(move: Move, outputs: Float32Array[], stride: number): Advance {
  let first: Float32Array | undefined;
  return (output, latent, time) => {
    if (first) {
      const mean = weighted([1 / 2, output], [1 / 2, outputs[0]!]);
      const landed = move(first, mean, [time + stride, time]);
      first = undefined;
      return landed;
    }
    if (outputs.length === 0) first = latent;
    outputs.push(output);
    if (outputs.length > 4) outputs.shift();
    return move(latent, multistep(outputs), [time, time - stride]);
  };
}

function checkWarmUp({ steps, strength = 1 }: SamplingRequest): void {
  if (steps < 4)
    throw new KernelError(
      "INVALID_INPUT",
      `PNDM with Runge–Kutta steps takes at least 4 steps, not ${steps}.`,
      { param: "steps" },
    );
  if (strength < 1)
    throw new KernelError(
      "UNSUPPORTED",
      "PNDM with Runge–Kutta steps cannot start within its schedule. Choose another sampler.",
      { param: "sampler" },
    );
}

function transfer(from: Level, to: Level): number {
  const difference = to.alpha ** 2 - from.alpha ** 2;
  return difference / (from.alpha ** 2 * to.sigma + from.alpha * from.sigma * to.alpha);
}

/** Weights of Adams–Bashforth by the number of outputs, the newest first. */
const multistepWeights = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
];

function multistep(outputs: readonly Float32Array[]): Float32Array {
  const recent = outputs.toReversed();
  const weights = multistepWeights[recent.length - 1]!;
  return weighted(...recent.map((output, k): Term => [weights[k]!, output]));
}

function secondTwice(times: readonly number[]): number[] {
  return [...times.slice(0, 2), ...times.slice(1)];
}

/** Three steps of four calls each: one at the step's start, two at its middle, one at its end. */
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
