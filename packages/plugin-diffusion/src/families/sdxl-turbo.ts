import { stableDiffusionXlArchitecture } from "../architectures/stable-diffusion-xl.ts";
import { schedulerFacts } from "../components/scheduler-config.ts";
import type { DiffusionFamily } from "../family.ts";
import { stableDiffusionNoise } from "../single-file/schedules.ts";

const scheduler = "EulerAncestralDiscreteScheduler";

/** Stable Diffusion XL distilled to one step or a few, without guidance (arXiv 2311.17042). */
export const sdxlTurbo: DiffusionFamily = {
  name: "sdxl-turbo",
  architectures: [stableDiffusionXlArchitecture],
  // The published schedule: its single step is the last of the training's.
  match(model) {
    const { _class_name: name, timestep_spacing: spacing } = schedulerFacts(model);
    return name === scheduler && spacing === "trailing" && "own";
  },
  defaults: {
    steps: 1,
    guidance: 0,
    // Its single file has the names and shapes of the base model's, so that it is known by its name alone.
    schedule: {
      ...stableDiffusionNoise,
      _class_name: scheduler,
      prediction_type: "epsilon",
      timestep_spacing: "trailing",
    },
    size: 512,
  },
  checkpoints: [
    {
      name: "sdxl-turbo",
      aliases: ["sd_xl_turbo_1.0", "sd_xl_turbo_1.0_fp16"],
      repo: "stabilityai/sdxl-turbo",
      revision: "f4b0486b498f",
      modelscope: { repo: "AI-ModelScope/sdxl-turbo" },
      license: "sai-nc-community",
    },
  ],
};
