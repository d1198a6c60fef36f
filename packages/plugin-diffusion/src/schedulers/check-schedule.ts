import { isKernelError, KernelError } from "@kindred/core";
import type { Level } from "./level.ts";
import type { SamplingRequest, Schedule, Scheduler } from "./scheduler.ts";

/**
 * Makes the schedule of a request that says nothing, once. LOAD_FAILED when there is none or it has numbers that no picture
 * comes of: betas out of range, timesteps beyond those of training. A sampler that is UNSUPPORTED is left to requests.
 */
export function checkSchedule(create: () => Scheduler, request: SamplingRequest): void {
  let schedule: Schedule;
  try {
    schedule = create().schedule(request);
  } catch (error) {
    if (!isKernelError(error)) throw error;
    if (error.code === "UNSUPPORTED") return;
    throw error.code === "LOAD_FAILED" ? error : unsound(error.message, error);
  }
  const { timesteps, initialNoiseScale } = schedule;
  const at = timesteps.findIndex((time, i) => !isSound(time, schedule.level(i)));
  if (at < 0 && Number.isFinite(initialNoiseScale)) return;
  const found = at < 0 ? `begins with noise times ${initialNoiseScale}` : told(schedule, at);
  throw unsound(`Its schedule of ${request.steps} steps ${found}.`);
}

function isSound(time: number, { alpha, sigma }: Level): boolean {
  return [time, alpha, sigma].every(Number.isFinite);
}

function told({ timesteps, level }: Schedule, at: number): string {
  const { alpha, sigma } = level(at);
  return `has at step ${at} the timestep ${timesteps[at]}, ${alpha} of the image and ${sigma} of the noise`;
}

function unsound(fault: string, cause?: KernelError): KernelError {
  const message = `The settings in scheduler_config.json cannot be drawn with. ${fault} Fetch the file again, or launch with other steps.`;
  return new KernelError("LOAD_FAILED", message, { cause });
}
