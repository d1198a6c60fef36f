import { KernelError } from "@kindred/core";
import type { LoadContext, ModelFolder } from "@kindred/core";
import type { ControlNet } from "../control/control-net.ts";
import { graphDenoiser } from "../denoiser.ts";
import type { Conditions } from "../conditions.ts";
import type { Denoiser, GraphDenoiserOptions } from "../denoiser.ts";
import { unetConfig } from "../graphs/unet-config.ts";
import { readUNetFacts } from "../graphs/unet-facts.ts";
import type { UNetFacts } from "../graphs/unet-facts.ts";
import { unet } from "../graphs/unet.ts";
import { residualNames } from "../graphs/unet/residuals.ts";
import { guidanceEmbedding } from "../guidance-embedding.ts";
import { microConditions } from "../micro-conditioning.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { exportFolder } from "./component-export.ts";
import { componentGraph, guidedRows } from "./component-graph.ts";
import type { Component } from "./component.ts";
import { refusePrecision } from "./refuse-precision.ts";
import { openControlNets } from "./control-nets.ts";
import { openExportedDenoiser } from "./exported-denoiser.ts";
import { exportedWorkspace } from "./exported-workspace.ts";
import { launchedBranch, openShallowPart, refuseExported, refuseInTurn } from "./deep-cache.ts";
import type { PublishedControlNets } from "./published-control-nets.ts";
import { unetSize } from "./unet-size.ts";
import { requiredJson } from "./required-json.ts";
import { floatScalar } from "./scalar-input.ts";

/** Conditions that the pipeline knows. */
const conditionInputs = ["encoder_hidden_states", "timestep_cond", "text_embeds", "time_ids"];
const names = { latents: "sample", timestep: "timestep", output: "out_sample" };

export interface OpenedUNet {
  readonly denoiser: Denoiser;
  /** Default: no ControlNet goes with it. */
  readonly controlNets?: readonly ControlNet[];
}

/** What its ControlNets go by. */
export interface Controlled {
  /** Pixels along a side for each latent pixel. */
  readonly factor: number;
  /** Those that are known by name. */
  readonly published: PublishedControlNets;
}

/**
 * Declares the graphs of a UNet and of the launch's ControlNets, of which some are known by name. LOAD_FAILED names what of
 * their configs the graphs cannot do.
 */
export async function openUNet(
  context: LoadContext<DiffusionOptions>,
  component: Component,
  { factor, published }: Controlled,
): Promise<OpenedUNet> {
  const { model, graph, options } = context;
  const json = requiredJson(model, `${component.folder}/config.json`);
  const facts = readUNetFacts(json);
  const exported = exportFolder(model, component);
  if (exported) {
    refusePrecision(context, component);
    refuseExported(model, options);
    if (options.controlnet != null) throw withoutResiduals(model);
    const { source, timestep } = await openExportedDenoiser(model, exported, {
      names,
      conditions: conditionInputs,
      channels: facts.out_channels,
    });
    const workspace = exportedWorkspace(facts);
    const own = unetOptions(facts, source.inputs);
    return {
      denoiser: graphDenoiser(graph({ ...source, workspace }), { names, timestep, ...own }),
    };
  }
  const config = unetConfig(json);
  const controlNets = await openControlNets(context, { unet: config, factor }, published);
  const isControlled = controlNets.length > 0;
  const branch = launchedBranch(model, options, config);
  const settings = { name: component.folder, residuals: isControlled, branch };
  const { height, width } = unetSize(model, 1);
  const dims = { [names.latents]: [guidedRows, config.in_channels, height, width] };
  const source = await componentGraph(context, component, { rounding: "run", dims }, (weights) =>
    unet(config, weights, settings),
  );
  const own = unetOptions(facts, source.inputs);
  const residuals = isControlled ? residualNames(config) : [];
  const declared = graph(source);
  const { precision } = source;
  const shallow =
    branch === undefined
      ? undefined
      : await openShallowPart(context, component, { config, branch, isControlled, precision });
  if (shallow) refuseInTurn(context, [declared, shallow.graph], dims);
  const given = { names, timestep: floatScalar, residuals, shallow, ...own };
  return { denoiser: graphDenoiser(declared, given), controlNets };
}

function withoutResiduals({ id }: ModelFolder): KernelError {
  const message = `"${id}" was launched with options: { controlnet }, and its UNet is an ONNX export, which takes nothing of a ControlNet. Launch the folder with its .safetensors weights.`;
  return new KernelError("LOAD_FAILED", message);
}

function unetOptions(facts: UNetFacts, inputs: readonly string[]): Partial<GraphDenoiserOptions> {
  const inpaints = facts.in_channels > facts.out_channels;
  return { ...unetConditions(facts, inputs), inpaints };
}

/**
 * Conditions by the UNet's inputs: the scale of guidance, whose width the config of a Latent Consistency Model says, and SDXL's
 * micro-conditioning.
 */
function unetConditions(
  { time_cond_proj_dim: width }: UNetFacts,
  inputs: readonly string[],
): Partial<GraphDenoiserOptions> {
  const scale = inputs.includes("timestep_cond") && typeof width === "number" ? width : undefined;
  const hasSizes = inputs.includes("time_ids");
  if (scale === undefined && !hasSizes) return {};
  return {
    embedsGuidance: scale !== undefined,
    conditions(settings, drawn) {
      const embedded: Conditions =
        scale === undefined ? {} : { timestep_cond: guidanceEmbedding(settings.guidance, scale) };
      const sizes = hasSizes ? microConditions(settings, drawn) : undefined;
      const prompt = { ...embedded, ...sizes?.prompt };
      return { prompt, negative: { ...prompt, ...sizes?.negative } };
    },
  };
}
