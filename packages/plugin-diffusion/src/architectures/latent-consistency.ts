import type { Architecture } from "./architecture.ts";
import { openStableDiffusion, stableDiffusionArchitecture } from "./stable-diffusion.ts";

/**
 * Latent Consistency Models (arXiv 2310.04378): Stable Diffusion's components, distilled to few steps. The UNet takes the
 * scale of guidance as an input. Their pipeline leaves the scheduler's settings as they are.
 */
export const latentConsistencyArchitecture: Architecture = {
  ...stableDiffusionArchitecture,
  name: "latent-consistency",
  pipelines: [
    "LatentConsistencyModelPipeline",
    "ORTLatentConsistencyModelPipeline",
    "LatentConsistencyModelImg2ImgPipeline",
    "ORTLatentConsistencyModelImg2ImgPipeline",
  ],

  mismatch(model) {
    const { time_cond_proj_dim: width } = model.json("unet/config.json") ?? {};
    if (typeof width === "number") return stableDiffusionArchitecture.mismatch(model);
    return "its UNet has no time_cond_proj_dim, so it does not take guidance as this pipeline gives it";
  },

  open: (context) => openStableDiffusion(context, (schedule) => schedule),
};
