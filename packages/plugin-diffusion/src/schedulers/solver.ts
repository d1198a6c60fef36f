import type { SchedulerConfig } from "./config.ts";
import type { Prediction } from "./level.ts";
import type { SamplingRequest, Schedule } from "./scheduler.ts";

/** One of diffusers' classes, configured, before `strength` leaves part of its schedule out. */
export interface Solver {
  readonly prediction: Prediction;
  /** The schedule has room for this many steps. */
  readonly maxSteps: number;
  /** Model calls per step. */
  readonly order: 1 | 2;
  /** Number of steps that an image-to-image request leaves out. Default: `steps` - ⌊steps · strength⌋. */
  skipped?(steps: number, strength: number): number;
  /** The whole schedule, whatever the strength. INVALID_INPUT on `steps` when it passes the last training timestep. */
  schedule(request: SamplingRequest): Schedule;
}

/** Reads a `scheduler_config.json`. LOAD_FAILED or UNSUPPORTED names the field that cannot be honoured. */
export type SolverClass = (config: SchedulerConfig) => Solver;
