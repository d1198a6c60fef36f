import type { LoadContext } from "@kindred/core";
import { graphDenoiser } from "../denoiser.ts";
import type { Denoiser } from "../denoiser.ts";
import { unetConfig } from "../graphs/unet-config.ts";
import { unet } from "../graphs/unet.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { exportFolder, openExported } from "./component-export.ts";
import { componentWeights } from "./component-weights.ts";
import type { Component } from "./component.ts";
import { exportedWorkspace } from "./exported-workspace.ts";
import { requiredJson } from "./required-json.ts";
import { floatScalar, scalarInput } from "./scalar-input.ts";
import { warnOfUnused } from "./unused-weights.ts";

const names = { latents: "sample", timestep: "timestep", output: "out_sample" };

/** Declares a UNet's graph. LOAD_FAILED names what of its config the graph cannot do. */
export async function openUNet(
  context: LoadContext<DiffusionOptions>,
  component: Component,
): Promise<Denoiser> {
  const { model, graph, options } = context;
  const json = requiredJson(model, `${component.folder}/config.json`);
  const exported = exportFolder(model, component);
  if (exported) {
    const source = await openExported(model, exported);
    const input = source.types[names.timestep];
    const timestep = input ? scalarInput(input) : floatScalar;
    const workspace = exportedWorkspace(json);
    return graphDenoiser(graph({ ...source, workspace }), { names, timestep });
  }
  const weights = await componentWeights(model, component, options.variant);
  const source = unet(unetConfig(json), weights, component.folder);
  warnOfUnused(context, source);
  return graphDenoiser(graph(source), { names, timestep: floatScalar });
}
