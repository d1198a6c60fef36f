import { provide } from "@kindred/core";
import type { Plugin } from "@kindred/core";
import { edits } from "./endpoints/edits.ts";
import { generations } from "./endpoints/generations.ts";
import { inpainting } from "./endpoints/inpainting.ts";
import { upscale } from "./endpoints/upscale.ts";
import { variations } from "./endpoints/variations.ts";
import { lcm } from "./families/lcm.ts";
import { sd15 } from "./families/sd15.ts";
import { sdTurbo } from "./families/sd-turbo.ts";
import { sd3 } from "./families/sd3.ts";
import { sdxl } from "./families/sdxl.ts";
import { sdxlTurbo } from "./families/sdxl-turbo.ts";
import { asModelFamily } from "./family.ts";
import { uploadDefaults } from "./picture/upload-limits.ts";
import type { UploadLimits } from "./picture/upload-limits.ts";
import { checkLimits, pictureLimits } from "./request/limits.ts";
import type { PictureLimits } from "./request/limits.ts";
import { esrgan } from "./upscaling/family.ts";
import { upscaleDefaults, upscaleLimits } from "./upscaling/limits.ts";
import type { UpscaleLimits } from "./upscaling/limits.ts";

export { imageUpscale } from "./upscale-task.ts";
export type { Upscaled, UpscaleRequest } from "./upscale-task.ts";
export type { UpscaleLimits } from "./upscaling/limits.ts";
export type { UpscaleScale } from "./upscaling/scales.ts";
export { image } from "./task.ts";
export type {
  ControlPicture,
  ControlSetting,
  Hires,
  Enlargement,
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
export type { UploadLimits } from "./picture/upload-limits.ts";
export type { DiffusionOptions } from "./request/launch-options.ts";

/** Bounds of what all models draw, and of the pictures that requests bring. */
export type DiffusionLimits = PictureLimits & UploadLimits & UpscaleLimits;

/**
 * Draws pictures with Stable Diffusion checkpoints as published: from text behind `POST /v1/images/generations`, and over a
 * picture behind `/v1/images/edits`, `/variations` and `/inpainting`. Enlarges pictures with networks of ESRGAN's behind
 * `/v1/images/upscale`. `maxSide` and `maxPixelSteps` bound every model; a
 * launch may lower them. Default: each model's own. INVALID_INPUT for a limit that is no number above 0.
 */
export function diffusion(limits: Partial<DiffusionLimits> = {}): Plugin {
  checkLimits(limits);
  const {
    maxUploadBytes = uploadDefaults.maxUploadBytes,
    maxUploadPixels = uploadDefaults.maxUploadPixels,
    maxUpscaledPixels = upscaleDefaults.maxUpscaledPixels,
    ...drawn
  } = limits;
  const uploads = { maxUploadBytes, maxUploadPixels };
  return {
    contract: 1,
    name: "diffusion",
    families: [...[sd15, sdTurbo, lcm, sdxl, sdxlTurbo, sd3].map(asModelFamily), esrgan],
    endpoints: [
      generations(uploads),
      edits(uploads),
      variations(uploads),
      inpainting(uploads),
      upscale(uploads),
    ],
    provides: [
      provide(pictureLimits, () => drawn),
      provide(upscaleLimits, () => ({ maxUpscaledPixels })),
    ],
  };
}
export default diffusion;
