import type { Architecture } from "./architecture.ts";
import { latentConsistencyArchitecture } from "./latent-consistency.ts";
import { stableDiffusionArchitecture } from "./stable-diffusion.ts";

/** The architectures that have graphs here. */
export const allArchitectures: readonly Architecture[] = [
  stableDiffusionArchitecture,
  latentConsistencyArchitecture,
];
