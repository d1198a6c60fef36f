import type { AutoencoderKlConfig } from "../autoencoder-kl-config.ts";

/** Every group norm of the autoencoder is alike. */
export function norms(config: AutoencoderKlConfig): { groups: number; epsilon: number } {
  return { groups: config.norm_num_groups, epsilon: 1e-6 };
}
