import { latentConsistencyArchitecture } from "../architectures/latent-consistency.ts";
import { stableDiffusionArchitecture } from "../architectures/stable-diffusion.ts";
import type { DiffusionFamily } from "../family.ts";
import { pipelineFiles } from "./pipeline-files.ts";

/** Stable Diffusion 1.5 (arXiv 2112.10752), 2.x, and models that were tuned from them. */
export const sd15: DiffusionFamily = {
  name: "sd15",
  architectures: [stableDiffusionArchitecture, latentConsistencyArchitecture],
  match: () => "able",
  defaults: { steps: 50, guidance: 7.5 },
  checkpoints: [
    {
      name: "stable-diffusion-v1.5",
      aliases: ["runwayml/stable-diffusion-v1-5"],
      repo: "stable-diffusion-v1-5/stable-diffusion-v1-5",
      revision: "main",
      modelscope: { repo: "AI-ModelScope/stable-diffusion-v1-5" },
      include: pipelineFiles,
      license: "creativeml-openrail-m",
    },
  ],
};
