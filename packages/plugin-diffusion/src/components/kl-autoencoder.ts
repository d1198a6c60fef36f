import { KernelError } from "@kindred/core";
import type { Graph, LoadContext } from "@kindred/core";
import type { Weights } from "@kindred/core/onnx";
import { graphAutoencoder } from "../autoencoder.ts";
import type { Autoencoder } from "../autoencoder.ts";
import { autoencoderKlConfig } from "../graphs/autoencoder-kl-config.ts";
import type { AutoencoderKlConfig } from "../graphs/autoencoder-kl-config.ts";
import {
  autoencoderFeatures,
  autoencoderPixels,
  countOfStatistics,
} from "../graphs/autoencoder-kl-tiles.ts";
import { autoencoderDecoder, autoencoderEncoder } from "../graphs/autoencoder-kl.ts";
import { encoderWorkspace } from "../graphs/autoencoder-kl/workspace.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { tiledDecoder } from "../tiled-decoder.ts";
import type { TiledDecoder } from "../tiled-decoder.ts";
import { checkExport } from "./check-export.ts";
import { exportFolder, openExported } from "./component-export.ts";
import { componentWeights } from "./component-weights.ts";
import type { Component } from "./component.ts";
import { vaeEncoder } from "./named-components.ts";
import { requiredJson } from "./required-json.ts";
import { warnOfUnused } from "./unused-weights.ts";

/**
 * Declares the graphs of an AutoencoderKL: the one that decodes, and where the checkpoint has it the one that encodes.
 * LOAD_FAILED names what of its config the graphs cannot do.
 */
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
    refuseTiling(context);
    const source = await openExported(model, exported);
    const shape = [undefined, config.out_channels, undefined, undefined];
    checkExport(source, { inputs: ["latent_sample"], output: "sample", shape });
    const encoder = await openExportedEncoder(context, config);
    return graphAutoencoder({ decoder: graph(source), encoder }, options);
  }
  const weights = await componentWeights(model, component, context.options.variant);
  const source = autoencoderDecoder(config, weights);
  warnOfUnused(context, source);
  const encodes = weights.get("encoder.conv_in.weight") !== undefined;
  const encoder = encodes ? graph(autoencoderEncoder(config, weights)) : undefined;
  const tiles = openTiles(context, config, weights);
  return graphAutoencoder({ decoder: graph(source), tiles, encoder }, options);
}

/** The decoder in tiles. Most models never need its graphs, so they are declared with the first picture that does. */
function openTiles(
  { graph, device, options }: LoadContext<DiffusionOptions>,
  config: AutoencoderKlConfig,
  weights: Weights,
): TiledDecoder {
  return tiledDecoder({
    factor: 2 ** (config.block_out_channels.length - 1),
    channels: config.block_out_channels.at(-1)!,
    statistics: countOfStatistics(config),
    device,
    tiling: options.vae_tiling,
    graphs: () => ({
      features: graph(autoencoderFeatures(config, weights)),
      pixels: graph(autoencoderPixels(config, weights)),
    }),
  });
}

/** LOAD_FAILED where a launch asks an export for tiles: its norms take no statistics from elsewhere. */
function refuseTiling({ model, options }: LoadContext<DiffusionOptions>): void {
  if (!options.vae_tiling) return;
  const message = `"${model.id}" was launched with vae_tiling: true, and its autoencoder is an ONNX export, which decodes as a whole alone. Leave the option out, or launch a folder with the autoencoder's weights.`;
  throw new KernelError("LOAD_FAILED", message);
}

/** undefined where there is none, or where it draws noise by itself: a seed would not decide it. */
async function openExportedEncoder(
  { model, graph }: LoadContext<DiffusionOptions>,
  config: AutoencoderKlConfig,
): Promise<Graph | undefined> {
  const exported = exportFolder(model, vaeEncoder);
  if (!exported) return undefined;
  const source = await openExported(model, exported);
  if (!source.outputs.includes(output)) return undefined;
  const shape = [undefined, 2 * config.latent_channels, undefined, undefined];
  checkExport(source, { inputs: ["sample"], output, shape });
  return graph({ ...source, workspace: encoderWorkspace(config) });
}

const output = "latent_parameters";
