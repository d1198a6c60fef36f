import { stableDiffusionXlArchitecture } from "../architectures/stable-diffusion-xl.ts";
import { schedulerFacts } from "../components/scheduler-config.ts";
import { diffusionFamily } from "../family.ts";

/** Stable Diffusion XL distilled to one step or a few, without guidance (arXiv 2311.17042). */
export const sdxlTurbo: ReturnType<typeof diffusionFamily> = diffusionFamily(
  [stableDiffusionXlArchitecture],
  {
    name: "sdxl-turbo",
    // The published schedule: its single step is the last of the training's.
    match(model) {
      const { _class_name: scheduler, timestep_spacing: spacing } = schedulerFacts(model);
      return scheduler === "EulerAncestralDiscreteScheduler" && spacing === "trailing" && "own";
    },
    steps: 1,
    guidance: 0,
    checkpoints: [
      {
        name: "sdxl-turbo",
        repo: "stabilityai/sdxl-turbo",
        revision: "f4b0486b498f",
        license: "Stability AI Community License",
      },
    ],
  },
);
