import assert from "node:assert/strict";
import type { Check } from "@kindred/core/testing";
import type { Level } from "../schedulers/level.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import { weighted } from "../schedulers/weighted.ts";

const steps = 8;
const tolerance = 1e-4;
const size = { channels: 1, height: 4, width: 4 };
const clean = pattern((i) => 0.4 * Math.cos(1.3 * i));
const noise = pattern((i) => 1.5 * Math.sin(2.1 * i + 0.4));
const nothing = pattern(() => 0);

/** The laws that every scheduler keeps, whatever its method. The author of one runs them under any test runner. */
export function schedulerChecks(create: () => Scheduler): readonly Check[] {
  return [
    check("with a perfect denoiser it lands on the image noised to the last level", () => {
      const { latent, level } = denoise(create(), nothing);
      close(latent, weighted([level.alpha, clean]));
    }),
    check("with a perfect denoiser the noise shrinks to the last level's", () => {
      const { latent, level, drawn } = denoise(create(), noise);
      if (drawn && level.sigma > 0) return;
      close(latent, weighted([level.alpha, clean], [level.sigma, noise]));
    }),
    check("with a perfect denoiser every preview is the image", () => {
      for (const preview of denoise(create(), noise).previews) close(preview, clean);
    }),
    check("pictures made at once do not disturb each other", () => {
      const scheduler = create();
      const schedule = scheduler.schedule({ steps, size });
      const alone = denoise(scheduler, noise).latent;
      const pictures = [noise, clean].map((initial) => walk(scheduler, initial, schedule));
      const [one, other] = [pictures[0]!, pictures[1]!];
      let step = one.next();
      for (; !step.done; step = one.next()) other.next();
      assert.deepEqual(step.value.latent, alone);
    }),
  ];
}

interface Landing {
  readonly latent: Float32Array;
  readonly level: Level;
  /** Whether noise was added on the way. */
  readonly drawn: boolean;
  readonly previews: readonly Float32Array[];
}

function denoise(scheduler: Scheduler, initial: Float32Array): Landing {
  const calls = walk(scheduler, initial);
  let call = calls.next();
  while (!call.done) call = calls.next();
  return call.value;
}

/** Steps from the noised image with outputs that know the image. Yields after each call. */
function* walk(
  scheduler: Scheduler,
  initial: Float32Array,
  schedule = scheduler.schedule({ steps, size }),
): Generator<void, Landing> {
  let drawn = false;
  const sampling = schedule.start(() => {
    drawn = true;
    return initial;
  });
  const previews: Float32Array[] = [];
  let latent = schedule.addNoise(clean, initial, 0);
  for (const i of schedule.timesteps.keys()) {
    const output = perfectOutput(scheduler, latent, schedule.level(i));
    const step = sampling.step(output, latent, i);
    latent = step.latent;
    previews.push(step.denoised);
    yield;
  }
  return { latent, level: schedule.level(schedule.timesteps.length), drawn, previews };
}

/** The output that predicts the clean image. */
function perfectOutput(scheduler: Scheduler, latent: Float32Array, level: Level): Float32Array {
  const { alpha, sigma } = level;
  const norm = Math.hypot(alpha, sigma);
  switch (scheduler.prediction) {
    case "epsilon":
      return weighted([1 / sigma, latent], [-alpha / sigma, clean]);
    case "v_prediction":
      return weighted([alpha / norm / sigma, latent], [-norm / sigma, clean]);
    case "sample":
      return clean;
    case "flow":
      return weighted([1 / sigma, latent], [-1 / sigma, clean]);
  }
}

function check(name: string, run: () => void): Check {
  return { name, run: async () => run() };
}

function close(actual: Float32Array, expected: Float32Array): void {
  const difference = Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)));
  assert.ok(difference <= tolerance, `differs by ${difference}, more than ${tolerance}`);
}

function pattern(value: (i: number) => number): Float32Array {
  return Float32Array.from({ length: 16 }, (_, i) => value(i));
}
