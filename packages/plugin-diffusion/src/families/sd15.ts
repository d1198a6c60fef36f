import { stableDiffusion } from "../family.ts";
import { isTurbo } from "./sd-turbo.ts";

/** Stable Diffusion 1.5 (arXiv 2112.10752), 2.x and what was tuned from them. */
export const sd15: ReturnType<typeof stableDiffusion> = stableDiffusion({
  name: "sd15",
  match: (model) => !isTurbo(model),
  steps: 50,
  guidance: 7.5,
  checkpoints: [
    {
      name: "stable-diffusion-v1.5",
      aliases: ["runwayml/stable-diffusion-v1-5"],
      repo: "stable-diffusion-v1-5/stable-diffusion-v1-5",
      revision: "main",
      license: "CreativeML OpenRAIL-M",
    },
  ],
});
