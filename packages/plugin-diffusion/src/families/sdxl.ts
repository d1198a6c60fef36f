import { stableDiffusionXlArchitecture } from "../architectures/stable-diffusion-xl.ts";
import type { DiffusionFamily } from "../family.ts";

/** Stable Diffusion XL (arXiv 2307.01952), and models that were tuned from it. */
export const sdxl: DiffusionFamily = {
  name: "sdxl",
  architectures: [stableDiffusionXlArchitecture],
  match: () => "able",
  defaults: { steps: 50, guidance: 5 },
  checkpoints: [
    {
      name: "stable-diffusion-xl-base-1.0",
      aliases: ["sd_xl_base_1.0", "sd_xl_base_1.0_0.9vae"],
      repo: "stabilityai/stable-diffusion-xl-base-1.0",
      revision: "f898a3e026e8",
      modelscope: { repo: "AI-ModelScope/stable-diffusion-xl-base-1.0" },
      license: "openrail++",
    },
  ],
};
