import type { ModelListing } from "@kindred/core";
import { latentConsistencyArchitecture } from "../architectures/latent-consistency.ts";
import { stableDiffusionArchitecture } from "../architectures/stable-diffusion.ts";
import { schedulerFacts } from "../components/scheduler-config.ts";
import type { DiffusionFamily } from "../family.ts";
import { stableDiffusionNoise } from "../single-file/schedules.ts";
import { pipelineFiles } from "./pipeline-files.ts";

/** Stable Diffusion 2.1 distilled to one step or a few, without guidance (arXiv 2311.17042). */
export const sdTurbo: DiffusionFamily = {
  name: "sd-turbo",
  // Others are distilled to the same schedule, and to more steps: Stable Diffusion XL, for one.
  architectures: [stableDiffusionArchitecture, latentConsistencyArchitecture],
  match: (model) => isTurbo(model) && "own",
  defaults: {
    steps: 1,
    guidance: 0,
    // Its single file has the names and shapes of Stable Diffusion 2.1's, so that it is known by its name alone.
    schedule: {
      ...stableDiffusionNoise,
      _class_name: "EulerDiscreteScheduler",
      prediction_type: "epsilon",
      timestep_spacing: "trailing",
    },
    size: 512,
  },
  checkpoints: [
    {
      name: "sd-turbo",
      aliases: ["sd_turbo"],
      repo: "stabilityai/sd-turbo",
      revision: "1681ed09e0cff58eeb41e878a49893228b78b94c",
      modelscope: { repo: "AI-ModelScope/sd-turbo" },
      include: pipelineFiles,
      license: "sai-nc-community",
    },
  ],
};

/**
 * By the configs of the published checkpoint: Stable Diffusion 2's UNet, Euler, "trailing" spacing, whose single step is the
 * schedule's last, and predicted noise. Models of zero terminal SNR (arXiv 2305.08891) are spaced "trailing" too. They need
 * many steps, and predict velocities or rescale their betas.
 */
function isTurbo(model: ModelListing): boolean {
  const schedule = schedulerFacts(model);
  const { prediction_type: prediction = "epsilon" } = schedule;
  return (
    schedule["_class_name"] === "EulerDiscreteScheduler" &&
    schedule["timestep_spacing"] === "trailing" &&
    prediction === "epsilon" &&
    schedule["rescale_betas_zero_snr"] !== true &&
    model.json("unet/config.json")?.use_linear_projection === true
  );
}
