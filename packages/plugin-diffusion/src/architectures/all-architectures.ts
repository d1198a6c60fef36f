import type { Architecture } from "./architecture.ts";
import { latentConsistencyArchitecture } from "./latent-consistency.ts";
import { stableDiffusion3Architecture } from "./stable-diffusion-3.ts";
import { stableDiffusionArchitecture } from "./stable-diffusion.ts";
import { stableDiffusionXlArchitecture } from "./stable-diffusion-xl.ts";

/** The architectures that have graphs here. */
export const allArchitectures: readonly Architecture[] = [
  stableDiffusionArchitecture,
  latentConsistencyArchitecture,
  stableDiffusionXlArchitecture,
  stableDiffusion3Architecture,
];
