import { KernelError } from "@kindred/core";
import { classes, FLOW } from "./classes.ts";
import type { SchedulerConfig } from "./config.ts";
import { isDefault, type Sampler, samplerNamed } from "./names.ts";
import type { Sampling, SamplingRequest, Scheduler } from "./scheduler.ts";
import type { Solver } from "./solver.ts";

const { floor } = Math;

/**
 * `Class.from_config(config, **arguments)`: the sampler of that name over a checkpoint's `scheduler_config.json`.
 * An unknown name is INVALID_INPUT on `sampler`; what the class or we cannot do is UNSUPPORTED, by name.
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
    start(request) {
      checkSteps(solver, className, request.steps);
      const begin = firstCall(solver, request);
      const whole = solver.sample(request);
      // A schedule that begins past the last training timestep is refused now, not after the prompt has been encoded.
      whole.level(0);
      return from(whole, begin);
    },
  };
}

function own({ _class_name: name }: SchedulerConfig): Sampler {
  if (typeof name === "string") return { className: name };
  throw new KernelError("LOAD_FAILED", "scheduler_config.json has no _class_name.");
}

function refuseMixing(config: SchedulerConfig, className: string, sampler: string): void {
  const flows = config._class_name === FLOW;
  if (flows === (className === FLOW)) return;
  throw new KernelError(
    "UNSUPPORTED",
    flows
      ? `This model flows: "${sampler}" cannot step it. Its sampler is FlowMatchEuler.`
      : `"${sampler}" steps models trained to flow, and this one is not. Ask for another sampler.`,
    { param: "sampler" },
  );
}

function checkSteps({ maximumSteps }: Solver, className: string, steps: number): void {
  if (Number.isInteger(steps) && steps >= 1 && steps <= maximumSteps) return;
  throw new KernelError(
    "INVALID_INPUT",
    `${className} takes 1 to ${maximumSteps} steps here, not ${steps}.`,
    { param: "steps" },
  );
}

function firstCall(solver: Solver, { steps, strength = 1 }: SamplingRequest): number {
  if (!(strength > 0 && strength <= 1))
    throw new KernelError("INVALID_INPUT", `strength is above 0 up to 1, not ${strength}.`, {
      param: "strength",
    });
  const skipped = solver.skipped?.(steps, strength) ?? steps - floor(steps * strength);
  if (skipped < steps) return skipped * solver.order;
  throw new KernelError(
    "INVALID_INPUT",
    `strength ${strength} leaves none of ${steps} steps to run. Raise strength or steps.`,
    { param: "strength" },
  );
}

/** The sampling from its call `begin` on. */
function from(whole: Sampling, begin: number): Sampling {
  if (begin === 0) return whole;
  return {
    timesteps: whole.timesteps.slice(begin),
    initialNoiseScale: whole.initialNoiseScale,
    level: (i) => whole.level(begin + i),
    scaleInput: (latent, i) => whole.scaleInput(latent, begin + i),
    addNoise: (clean, noise, i) => whole.addNoise(clean, noise, begin + i),
    step: (output, latent, i) => whole.step(output, latent, begin + i),
  };
}
