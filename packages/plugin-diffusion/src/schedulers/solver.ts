import type { SchedulerConfig } from "./config.ts";
import type { Prediction } from "./level.ts";
import type { Sampling, SamplingRequest } from "./scheduler.ts";

/** One of diffusers' classes over its whole schedule. */
export interface Solver {
  readonly prediction: Prediction;
  /** The most steps its schedule has room for. */
  readonly maximumSteps: number;
  /** Model calls a step. */
  readonly order: 1 | 2;
  /** Steps that image-to-image leaves out. Default: all but ⌊steps · strength⌋. */
  skipped?(steps: number, strength: number): number;
  sample(request: SamplingRequest): Sampling;
}

export type SolverClass = (config: SchedulerConfig) => Solver;
