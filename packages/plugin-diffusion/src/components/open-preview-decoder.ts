import { KernelError } from "@kindred/core";
import type { LoadContext } from "@kindred/core";
import { graphAutoencoder } from "../autoencoder.ts";
import type { LatentDecoder } from "../autoencoder.ts";
import { autoencoderTinyConfig } from "../graphs/autoencoder-tiny-config.ts";
import { autoencoderTinyDecoder } from "../graphs/autoencoder-tiny.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { componentWeights } from "./component-weights.ts";
import { openingOf } from "./opening-of.ts";
import { configFile, ownFiles, ownFolder } from "./own-folder.ts";
import type { Wanted } from "./own-folder.ts";
import { requiredJson } from "./required-json.ts";
import { warnOfUnused } from "./unused-weights.ts";

const wanted: Wanted = {
  className: "AutoencoderTiny",
  advice: "Name the folder of a TAESD, such as madebyollin/taesd's.",
};

/**
 * Declares the graph of the TAESD that a launch names for previews, for latents of so many channels. undefined where it names
 * none. LOAD_FAILED says why it cannot be used.
 */
export async function openPreviewDecoder(
  context: LoadContext<DiffusionOptions>,
  channels: number,
): Promise<LatentDecoder | undefined> {
  const { vae_preview: source, variant } = context.options;
  if (source === undefined) return undefined;
  return openingOf(`The decoder of previews (${source})`, async () => {
    const model = await context.attach(source, (found) => ownFiles(found, wanted, variant));
    const config = autoencoderTinyConfig(requiredJson(model, configFile));
    if (config.latent_channels !== channels) throw foreign(config.latent_channels, channels);
    const weights = await componentWeights(model, ownFolder, variant);
    const graph = autoencoderTinyDecoder(config, weights);
    warnOfUnused(context, graph);
    return graphAutoencoder(
      { decoder: context.graph(graph) },
      {
        channels,
        factor: 2 ** (config.num_decoder_blocks.length - 1),
        scale: config.scaling_factor,
        shift: config.shift_factor,
      },
    );
  });
}

function foreign(own: number, channels: number): KernelError {
  const message = `It decodes latents of ${own} channels, while the model's have ${channels}. It was made for another model: name one that was made for this one.`;
  return new KernelError("LOAD_FAILED", message);
}
