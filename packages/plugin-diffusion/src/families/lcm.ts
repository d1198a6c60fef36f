import type { DiffusionFamily } from "../family.ts";
import { pipelineFiles } from "./pipeline-files.ts";

/** Latent Consistency Models distilled from Stable Diffusion 1 or 2 to few steps, with guidance (arXiv 2310.04378). */
export const lcm: DiffusionFamily = {
  name: "lcm",
  // A UNet that was distilled with guidance takes its scale as an input; no other one does.
  match: (model) => typeof model.json("unet/config.json")?.time_cond_proj_dim === "number" && "own",
  defaults: { steps: 4, guidance: 8.5 },
  checkpoints: [
    {
      name: "lcm-dreamshaper-v7",
      repo: "SimianLuo/LCM_Dreamshaper_v7",
      revision: "main",
      include: pipelineFiles,
      license: "MIT",
    },
  ],
};
