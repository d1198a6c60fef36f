import type { Plugin } from "@kindred/core";
import { generations } from "./endpoints/generations.ts";
import { lcm } from "./families/lcm.ts";
import { sd15 } from "./families/sd15.ts";
import { sdTurbo } from "./families/sd-turbo.ts";
import { sd3 } from "./families/sd3.ts";
import { sdxl } from "./families/sdxl.ts";
import { sdxlTurbo } from "./families/sdxl-turbo.ts";

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
export { stableDiffusion } from "./family.ts";
export type { DiffusionCheckpoint, DiffusionFamily } from "./family.ts";
export type { DiffusionOptions } from "./request/launch-options.ts";

/** Draws pictures with Stable Diffusion checkpoints as published, behind `POST /v1/images/generations`. */
export function diffusion(): Plugin {
  return {
    contract: 1,
    name: "diffusion",
    families: [sd15, sdTurbo, lcm, sdxl, sdxlTurbo, sd3],
    endpoints: [generations],
  };
}
export default diffusion;
