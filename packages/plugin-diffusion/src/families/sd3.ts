import { stableDiffusion3Architecture } from "../architectures/stable-diffusion-3.ts";
import type { DiffusionFamily } from "../family.ts";

const license = "stabilityai-ai-community";

/** Stable Diffusion 3 and 3.5 (arXiv 2403.03206). */
export const sd3: DiffusionFamily = {
  name: "sd3",
  architectures: [stableDiffusion3Architecture],
  match: () => "able",
  defaults: { steps: 28, guidance: 7 },
  checkpoints: [
    {
      name: "sd3-medium",
      aliases: ["stable-diffusion-3-medium"],
      repo: "stabilityai/stable-diffusion-3-medium-diffusers",
      revision: "ea42f8cef0f1",
      modelscope: { repo: "AI-ModelScope/stable-diffusion-3-medium-diffusers" },
      license,
      gated: true,
    },
    {
      name: "sd3.5-medium",
      repo: "stabilityai/stable-diffusion-3.5-medium",
      revision: "94b13ccbe959",
      modelscope: { repo: "AI-ModelScope/stable-diffusion-3.5-medium" },
      license,
      gated: true,
      defaults: { steps: 40, guidance: 4.5 },
    },
    {
      name: "sd3.5-large",
      repo: "stabilityai/stable-diffusion-3.5-large",
      revision: "ceddf0a7fdf2",
      modelscope: { repo: "AI-ModelScope/stable-diffusion-3.5-large" },
      license,
      gated: true,
      defaults: { guidance: 3.5 },
    },
    {
      name: "sd3.5-large-turbo",
      repo: "stabilityai/stable-diffusion-3.5-large-turbo",
      revision: "ec07796fc06b",
      modelscope: { repo: "AI-ModelScope/stable-diffusion-3.5-large-turbo" },
      license,
      gated: true,
      defaults: { steps: 4, guidance: 1 },
    },
  ],
};
