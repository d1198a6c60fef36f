import { KernelError } from "@kindred/core";
import { classes, flowClass } from "./classes.ts";
import type { SchedulerConfig } from "./config.ts";
import { isDefault, samplerNamed } from "./names.ts";
import type { Sampler } from "./names.ts";
import type { SamplingRequest, Schedule, Scheduler } from "./scheduler.ts";
import type { Solver } from "./solver.ts";

const { floor } = Math;

/**
 * diffusers' `Class.from_config(config, **arguments)`: the sampler of that name over a checkpoint's
 * `scheduler_config.json`. INVALID_INPUT on `sampler` for an unknown name. UNSUPPORTED, with the field's name, for what
 * the class or this implementation cannot do.
 */
export function createScheduler(config: SchedulerConfig, sampler = "default"): Scheduler {
  const { className, arguments: extra } = isDefault(sampler) ? own(config) : samplerNamed(sampler);
  refuseMixing(config, className, sampler);
  const create = classes.get(className);
  if (!create)
    throw new KernelError(
      "UNSUPPORTED",
      `scheduler_config.json names ${className}, which is not among ${[...classes.keys()].join(", ")}. Ask for another sampler.`,
      { param: "sampler" },
    );
  const solver = create({ ...config, ...extra });
  return {
    name: className,
    prediction: solver.prediction,
    schedule(request) {
      checkSteps(solver, className, request.steps);
      const begin = firstCall(solver, request);
      return from(solver.schedule(request), begin);
    },
  };
}

function own({ _class_name: name }: SchedulerConfig): Sampler {
  if (typeof name === "string") return { className: name };
  throw new KernelError(
    "LOAD_FAILED",
    "scheduler_config.json has no _class_name. Fetch the file again.",
  );
}

function refuseMixing(config: SchedulerConfig, className: string, sampler: string): void {
  const flows = config._class_name === flowClass;
  if (flows === (className === flowClass)) return;
  throw new KernelError(
    "UNSUPPORTED",
    flows
      ? `This model was trained to flow, and "${sampler}" cannot step it. Ask for FlowMatchEuler.`
      : `"${sampler}" steps models that were trained to flow, and this one was not. Ask for another sampler.`,
    { param: "sampler" },
  );
}

function checkSteps({ maxSteps }: Solver, className: string, steps: number): void {
  if (Number.isInteger(steps) && steps >= 1 && steps <= maxSteps) return;
  throw new KernelError(
    "INVALID_INPUT",
    `${className} takes 1 to ${maxSteps} steps here, not ${steps}.`,
    { param: "steps" },
  );
}

/** The first model call that a request makes. */
function firstCall(solver: Solver, { steps, strength = 1 }: SamplingRequest): number {
  if (!(strength > 0 && strength <= 1))
    throw new KernelError(
      "INVALID_INPUT",
      `strength must be above 0 and at most 1, not ${strength}.`,
      { param: "strength" },
    );
  const skipped = solver.skipped?.(steps, strength) ?? steps - floor(steps * strength);
  if (skipped < steps) return skipped * solver.order;
  throw new KernelError(
    "INVALID_INPUT",
    `strength ${strength} leaves none of ${steps} steps to run. Raise strength or steps.`,
    { param: "strength" },
  );
}

/** The schedule from its call `begin` on. */
function from(whole: Schedule, begin: number): Schedule {
  if (begin === 0) return whole;
  return {
    timesteps: whole.timesteps.slice(begin),
    initialNoiseScale: whole.initialNoiseScale,
    level: (i) => whole.level(begin + i),
    scaleInput: (latent, i) => whole.scaleInput(latent, begin + i),
    addNoise: (clean, noise, i) => whole.addNoise(clean, noise, begin + i),
    start(noise) {
      const sampling = whole.start(noise);
      return { step: (output, latent, i) => sampling.step(output, latent, begin + i) };
    },
  };
}
