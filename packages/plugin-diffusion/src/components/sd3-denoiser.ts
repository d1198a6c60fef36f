import type { LoadContext } from "@kindred/core";
import { graphDenoiser } from "../denoiser.ts";
import type { Denoiser } from "../denoiser.ts";
import { sd3Transformer } from "../graphs/sd3-transformer.ts";
import { sd3TransformerConfig } from "../graphs/sd3-transformer-config.ts";
import type { Sd3TransformerConfig } from "../graphs/sd3-transformer-config.ts";
import { sd3Workspace } from "../graphs/sd3-transformer/workspace.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { exportFolder } from "./component-export.ts";
import { componentGraph, guidedRows } from "./component-graph.ts";
import type { Component } from "./component.ts";
import { refusePrecision } from "./refuse-precision.ts";
import { openExportedDenoiser } from "./exported-denoiser.ts";
import { requiredJson } from "./required-json.ts";
import { floatScalar } from "./scalar-input.ts";

const conditions = ["encoder_hidden_states", "pooled_projections"];
const names = { latents: "hidden_states", timestep: "timestep", output: "out_hidden_states" };

/** Declares the graph of Stable Diffusion 3's transformer. LOAD_FAILED names what of its config the graph cannot do. */
export async function openSd3Denoiser(
  context: LoadContext<DiffusionOptions>,
  component: Component,
): Promise<{ readonly denoiser: Denoiser; readonly config: Sd3TransformerConfig }> {
  const { model, graph } = context;
  const exported = exportFolder(model, component);
  const config = sd3TransformerConfig(requiredJson(model, `${component.folder}/config.json`));
  const inpaints = config.in_channels > config.out_channels;
  if (exported) {
    refusePrecision(context, component);
    const { source, timestep } = await openExportedDenoiser(model, exported, {
      names,
      conditions,
      channels: config.out_channels,
    });
    const declared = graph({ ...source, workspace: sd3Workspace(config) });
    return { config, denoiser: graphDenoiser(declared, { names, timestep, inpaints }) };
  }
  const { in_channels: channels, sample_size: side } = config;
  const dims = { [names.latents]: [guidedRows, channels, side, side] };
  const run = { rounding: "row", dims } as const;
  const source = await componentGraph(context, component, run, (weights) =>
    sd3Transformer(config, weights, component.folder),
  );
  return {
    config,
    denoiser: graphDenoiser(graph(source), { names, timestep: floatScalar, inpaints }),
  };
}
