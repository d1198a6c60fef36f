import type { AutoencoderKlConfig } from "../autoencoder-kl-config.ts";

/** The options of the autoencoder's group norms, which are all alike. */
export function norms(config: AutoencoderKlConfig): { groups: number; epsilon: number } {
  return { groups: config.norm_num_groups, epsilon: 1e-6 };
}
