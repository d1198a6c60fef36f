import type { Plugin } from "@kindred/core";
import { generations } from "./endpoints/generations.ts";
import { lcm } from "./families/lcm.ts";
import { sd15 } from "./families/sd15.ts";
import { sdTurbo } from "./families/sd-turbo.ts";
import { asModelFamily } from "./family.ts";

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
export { stableDiffusionArchitecture } from "./architectures/stable-diffusion.ts";
export { asModelFamily } from "./family.ts";
export type { DiffusionCheckpoint, DiffusionDefaults, DiffusionFamily } from "./family.ts";
export type { SchedulerConfig } from "./schedulers/config.ts";
export type { DiffusionOptions } from "./request/launch-options.ts";

/** Draws pictures with Stable Diffusion checkpoints as published, behind `POST /v1/images/generations`. */
export function diffusion(): Plugin {
  return {
    contract: 1,
    name: "diffusion",
    families: [sd15, sdTurbo, lcm].map(asModelFamily),
    endpoints: [generations],
  };
}
export default diffusion;
