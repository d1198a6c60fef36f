import type { ModelListing } from "@kindred/core";

/** A denoiser's folder, the name a message gives it, and the channels it takes where its config does not say. */
interface TakingChannels {
  readonly folder: string;
  readonly called: string;
  readonly standard: number;
}

/**
 * Says that the denoiser takes neither its autoencoder's latents nor what an inpainting one takes, as a clause: a latent, a
 * mask's channel and the latent of the masked picture.
 */
export function foreignChannels(
  model: ModelListing,
  { folder, called, standard }: TakingChannels,
): string | undefined {
  const { in_channels: taken = standard } = model.json(`${folder}/config.json`) ?? {};
  const { latent_channels: given = 4 } =
    model.json("vae/config.json") ?? model.json("vae_decoder/config.json") ?? {};
  if (taken === given || taken === 2 * given + 1) return undefined;
  return `its ${called} takes ${taken} channels, while the latents of its autoencoder have ${given}: it draws neither from text nor within a mask`;
}

export const unetChannels: TakingChannels = { folder: "unet", called: "UNet", standard: 4 };
