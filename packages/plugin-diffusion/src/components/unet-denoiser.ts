import type { LoadContext } from "@kindred/core";
import { graphDenoiser } from "../denoiser.ts";
import type { Denoiser, GraphDenoiserOptions } from "../denoiser.ts";
import { unetConfig } from "../graphs/unet-config.ts";
import { readUNetFacts } from "../graphs/unet-facts.ts";
import type { UNetFacts } from "../graphs/unet-facts.ts";
import { unet } from "../graphs/unet.ts";
import { guidanceEmbedding } from "../guidance-embedding.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { checkExport } from "./check-export.ts";
import { exportFolder, openExported } from "./component-export.ts";
import { componentWeights } from "./component-weights.ts";
import type { Component } from "./component.ts";
import { exportedWorkspace } from "./exported-workspace.ts";
import { requiredJson } from "./required-json.ts";
import { floatScalar, scalarInput } from "./scalar-input.ts";
import { warnOfUnused } from "./unused-weights.ts";

const condition = "timestep_cond";
const names = { latents: "sample", timestep: "timestep", output: "out_sample" };

/** Declares a UNet's graph. LOAD_FAILED names what of its config the graph cannot do. */
export async function openUNet(
  context: LoadContext<DiffusionOptions>,
  component: Component,
): Promise<Denoiser> {
  const { model, graph, options } = context;
  const json = requiredJson(model, `${component.folder}/config.json`);
  const facts = readUNetFacts(json);
  const exported = exportFolder(model, component);
  if (exported) {
    const source = await openExported(model, exported);
    checkExport(source, {
      inputs: [names.latents, names.timestep, "encoder_hidden_states", condition],
      output: names.output,
      shape: [undefined, facts.out_channels, undefined, undefined],
    });
    const input = source.types[names.timestep];
    const timestep = input ? scalarInput(input) : floatScalar;
    const workspace = exportedWorkspace(facts);
    const embedded = embeddedGuidance(facts, source.inputs);
    return graphDenoiser(graph({ ...source, workspace }), { names, timestep, ...embedded });
  }
  const weights = await componentWeights(model, component, options.variant);
  const source = unet(unetConfig(json), weights, component.folder);
  warnOfUnused(context, source);
  const embedded = embeddedGuidance(facts, source.inputs);
  return graphDenoiser(graph(source), { names, timestep: floatScalar, ...embedded });
}

/** UNets of Latent Consistency Models take the scale of guidance as an input, whose width their config says. */
function embeddedGuidance(
  { time_cond_proj_dim: width }: UNetFacts,
  inputs: readonly string[],
): Partial<GraphDenoiserOptions> {
  if (width == null || !inputs.includes(condition)) return {};
  const conditions: Denoiser["conditions"] = (_, guidance) => ({
    [condition]: guidanceEmbedding(guidance, width),
  });
  return { conditions, embedsGuidance: true };
}
