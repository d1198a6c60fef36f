import { stableDiffusionXlArchitecture } from "../architectures/stable-diffusion-xl.ts";
import { schedulerFacts } from "../components/scheduler-config.ts";
import { diffusionFamily } from "../family.ts";
import { stableDiffusionNoise } from "../single-file/schedules.ts";

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
    // Its single file has the names and shapes of the base model's, so that it is known by its name alone.
    singleFileSchedule: {
      ...stableDiffusionNoise,
      _class_name: "EulerAncestralDiscreteScheduler",
      prediction_type: "epsilon",
      timestep_spacing: "trailing",
    },
    steps: 1,
    guidance: 0,
    checkpoints: [
      {
        name: "sdxl-turbo",
        aliases: ["sd_xl_turbo_1.0", "sd_xl_turbo_1.0_fp16"],
        repo: "stabilityai/sdxl-turbo",
        revision: "f4b0486b498f",
        license: "Stability AI Community License",
      },
    ],
  },
);
