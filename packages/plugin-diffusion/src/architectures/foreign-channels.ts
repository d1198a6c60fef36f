import type { ModelListing } from "@kindred/core";

/** A denoiser's folder, the name a message gives it, and the channels it takes where its config does not say. */
interface TakingChannels {
  readonly folder: string;
  readonly called: string;
  readonly standard: number;
}

/**
 * Says that the denoiser takes more than its autoencoder's latents, as a clause. An inpainting UNet takes a mask and a masked
 * picture beside the latent.
 */
export function foreignChannels(
  model: ModelListing,
  { folder, called, standard }: TakingChannels,
): string | undefined {
  const { in_channels: taken = standard } = model.json(`${folder}/config.json`) ?? {};
  const { latent_channels: given = 4 } =
    model.json("vae/config.json") ?? model.json("vae_decoder/config.json") ?? {};
  if (taken === given) return undefined;
  return `its ${called} takes ${taken} channels, while the latents of its autoencoder have ${given}, so it is not made to draw from text alone`;
}

export const unetChannels: TakingChannels = { folder: "unet", called: "UNet", standard: 4 };
