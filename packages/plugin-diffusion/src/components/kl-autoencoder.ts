import type { LoadContext } from "@kindred/core";
import { graphAutoencoder } from "../autoencoder.ts";
import type { Autoencoder } from "../autoencoder.ts";
import { autoencoderKlConfig } from "../graphs/autoencoder-kl-config.ts";
import { autoencoderDecoder } from "../graphs/autoencoder-kl.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { checkExport } from "./check-export.ts";
import { exportFolder, openExported } from "./component-export.ts";
import { componentWeights } from "./component-weights.ts";
import type { Component } from "./component.ts";
import { requiredJson } from "./required-json.ts";
import { warnOfUnused } from "./unused-weights.ts";

/** Declares the graph that decodes for an AutoencoderKL. LOAD_FAILED names what of its config the graph cannot do. */
export async function openAutoencoder(
  context: LoadContext<DiffusionOptions>,
  component: Component,
): Promise<Autoencoder> {
  const { model, graph } = context;
  const exported = exportFolder(model, component);
  const json = requiredJson(model, `${exported ?? component.folder}/config.json`);
  const config = autoencoderKlConfig(json);
  const options = {
    channels: config.latent_channels,
    factor: 2 ** (config.block_out_channels.length - 1),
    scale: config.scaling_factor,
    shift: config.shift_factor,
  };
  if (exported) {
    const source = await openExported(model, exported);
    const shape = [undefined, config.out_channels, undefined, undefined];
    checkExport(source, { inputs: ["latent_sample"], output: "sample", shape });
    return graphAutoencoder(graph(source), options);
  }
  const weights = await componentWeights(model, component, context.options.variant);
  const source = autoencoderDecoder(config, weights);
  warnOfUnused(context, source);
  return graphAutoencoder(graph(source), options);
}
