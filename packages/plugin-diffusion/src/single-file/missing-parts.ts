import type { Contents } from "./kinds.ts";
import { missingTexts } from "./text-layouts.ts";
import { vaePrefixes } from "./vae-names.ts";

/** The parts of Stable Diffusion that a file of the original layout lacks. undefined for a file of another layout. */
export function missingParts({ tensors, has, channels }: Contents): readonly string[] | undefined {
  if (!has(/^model\.diffusion_model\./)) return undefined;
  const hasAutoencoder = vaePrefixes.some((each) => tensors.has(`${each}decoder.conv_in.weight`));
  return [
    channels === undefined ? "a UNet of Stable Diffusion" : [],
    missingTexts(tensors),
    hasAutoencoder ? [] : "an autoencoder",
  ].flat();
}
