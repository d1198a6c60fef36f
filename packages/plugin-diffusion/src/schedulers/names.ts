import { KernelError } from "@kindred/core";
import { classes, flowClass } from "./classes.ts";
import type { SchedulerConfig } from "./config.ts";

/** One of diffusers' classes, and the arguments that go on top of the checkpoint's own configuration. */
export interface Sampler {
  readonly className: string;
  readonly arguments?: SchedulerConfig;
}

const karras = { use_karras_sigmas: true };
const sde = { algorithm_type: "sde-dpmsolver++" };

/** Samplers by the names that clients use. "default" is not among them: it is the class that the checkpoint names. */
export const samplers: Readonly<Record<string, Sampler>> = {
  DDIM: { className: "DDIMScheduler" },
  PNDM: { className: "PNDMScheduler" },
  LCM: { className: "LCMScheduler" },
  UniPC: { className: "UniPCMultistepScheduler" },
  Euler: { className: "EulerDiscreteScheduler" },
  "Euler a": { className: "EulerAncestralDiscreteScheduler" },
  Heun: { className: "HeunDiscreteScheduler" },
  LMS: { className: "LMSDiscreteScheduler" },
  "LMS Karras": { className: "LMSDiscreteScheduler", arguments: karras },
  DPM2: { className: "KDPM2DiscreteScheduler" },
  "DPM2 Karras": { className: "KDPM2DiscreteScheduler", arguments: karras },
  "DPM2 a": { className: "KDPM2AncestralDiscreteScheduler" },
  "DPM2 a Karras": { className: "KDPM2AncestralDiscreteScheduler", arguments: karras },
  "DPM++ 2M": { className: "DPMSolverMultistepScheduler" },
  "DPM++ 2M Karras": { className: "DPMSolverMultistepScheduler", arguments: karras },
  "DPM++ 2M SDE": { className: "DPMSolverMultistepScheduler", arguments: sde },
  "DPM++ 2M SDE Karras": {
    className: "DPMSolverMultistepScheduler",
    arguments: { ...sde, ...karras },
  },
  "DPM++ SDE": { className: "DPMSolverSinglestepScheduler" },
  "DPM++ SDE Karras": { className: "DPMSolverSinglestepScheduler", arguments: karras },
  FlowMatchEuler: { className: flowClass },
};

/** The names of samplers for models that predict noise, a velocity or the image: all but those for models that flow. */
export const denoisingSamplers: readonly string[] = Object.keys(samplers).filter(
  (name) => samplers[name]?.className !== flowClass,
);

/** The names of samplers for models that flow. */
export const flowingSamplers: readonly string[] = Object.keys(samplers).filter(
  (name) => samplers[name]?.className === flowClass,
);

const byPlainName = new Map(
  [
    ...Object.entries(samplers),
    ...[...classes.keys()].map((name) => [name, { className: name }] as const),
  ].map(([name, sampler]) => [plain(name), sampler]),
);

/** The sampler of that name in the table, or of diffusers' class name, whatever case and spaces. INVALID_INPUT on `sampler` when there is none. */
export function samplerNamed(name: string): Sampler {
  const sampler = byPlainName.get(plain(name));
  if (sampler) return sampler;
  const known = ["default", ...Object.keys(samplers)].join(", ");
  throw new KernelError("INVALID_INPUT", `There is no sampler "${name}". There are: ${known}.`, {
    param: "sampler",
  });
}

export function isDefault(name: string): boolean {
  return plain(name) === "default";
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\s/g, "");
}
