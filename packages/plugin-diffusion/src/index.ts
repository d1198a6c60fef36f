import { provide } from "@kindred/core";
import type { Plugin } from "@kindred/core";
import { generations } from "./endpoints/generations.ts";
import { lcm } from "./families/lcm.ts";
import { sd15 } from "./families/sd15.ts";
import { sdTurbo } from "./families/sd-turbo.ts";
import { sd3 } from "./families/sd3.ts";
import { sdxl } from "./families/sdxl.ts";
import { sdxlTurbo } from "./families/sdxl-turbo.ts";
import { asModelFamily } from "./family.ts";
import { checkLimits, pictureLimits } from "./request/limits.ts";
import type { PictureLimits } from "./request/limits.ts";

export { image } from "./task.ts";
export type {
  ImageEvent,
  ImageRequest,
  Picture,
  Pictures,
  Pixels,
  Preview,
  PromptCut,
  Settings,
  Size,
} from "./task.ts";
export type { Architecture } from "./architectures/architecture.ts";
export { latentConsistencyArchitecture } from "./architectures/latent-consistency.ts";
export { stableDiffusion3Architecture } from "./architectures/stable-diffusion-3.ts";
export { stableDiffusionArchitecture } from "./architectures/stable-diffusion.ts";
export { stableDiffusionXlArchitecture } from "./architectures/stable-diffusion-xl.ts";
export { asModelFamily } from "./family.ts";
export type { DiffusionCheckpoint, DiffusionDefaults, DiffusionFamily } from "./family.ts";
export type { SchedulerConfig } from "./schedulers/config.ts";
export { pictureLimits } from "./request/limits.ts";
export type { PictureLimits } from "./request/limits.ts";
export type { DiffusionOptions } from "./request/launch-options.ts";

/**
 * Draws pictures with Stable Diffusion checkpoints as published, behind `POST /v1/images/generations`. `limits` bound every
 * model; a launch may lower them. Default: each model's own. INVALID_INPUT for a limit that is no number above 0.
 */
export function diffusion(limits: Partial<PictureLimits> = {}): Plugin {
  checkLimits(limits);
  return {
    contract: 1,
    name: "diffusion",
    families: [sd15, sdTurbo, lcm, sdxl, sdxlTurbo, sd3].map(asModelFamily),
    endpoints: [generations],
    provides: [provide(pictureLimits, () => limits)],
  };
}
export default diffusion;
