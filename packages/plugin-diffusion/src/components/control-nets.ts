import { basename } from "node:path";
import { fetchCommand, isKernelError, KernelError } from "@kindred/core";
import type { LoadContext, ModelFolder } from "@kindred/core";
import { graphControlNet } from "../control/control-net.ts";
import type { ControlNet } from "../control/control-net.ts";
import { controlNetConfig } from "../graphs/control-net-config.ts";
import type { ControlNetConfig } from "../graphs/control-net-config.ts";
import { controlNet } from "../graphs/control-net.ts";
import type { UNetConfig } from "../graphs/unet-config.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { componentWeights, weightFiles } from "./component-weights.ts";
import type { Component } from "./component.ts";
import type { PublishedControlNets } from "./published-control-nets.ts";
import { requiredJson } from "./required-json.ts";
import { warnOfUnused } from "./unused-weights.ts";

/** A ControlNet has a folder of its own. */
const component: Component = { folder: "", stem: "diffusion_pytorch_model" };
const configFile = "config.json";

/** A ControlNet of a launch: the name that requests have for it, and where it is. */
interface NamedSource {
  readonly name: string;
  readonly source: string;
}

/**
 * Declares the graphs of a launch's ControlNets. LOAD_FAILED names one that is not there, is no ControlNet, or was made for
 * another UNet than this.
 */
export async function openControlNets(
  context: LoadContext<DiffusionOptions>,
  base: UNetConfig,
  published: PublishedControlNets,
): Promise<readonly ControlNet[]> {
  const opened: ControlNet[] = [];
  for (const each of namedSources(context.options.controlnet, published))
    opened.push(await openControlNet(context, { ...each, base, published }));
  return opened;
}

/** The sources of a launch's option. A name alone is that of a published ControlNet, and a path alone is called after its folder. */
function namedSources(
  option: DiffusionOptions["controlnet"],
  published: PublishedControlNets,
): readonly NamedSource[] {
  if (option == null) return [];
  if (typeof option === "object" && !Array.isArray(option))
    return Object.entries(option).map(([name, source]) => ({ name, source }));
  return [option].flat().map((source: string) => {
    const known = published.some(({ name }) => name === source);
    return { name: known ? source : basename(source), source };
  });
}

interface Opening extends NamedSource {
  readonly base: UNetConfig;
  readonly published: PublishedControlNets;
}

async function openControlNet(
  context: LoadContext<DiffusionOptions>,
  { name, source, base, published }: Opening,
): Promise<ControlNet> {
  const { variant } = context.options;
  const model = await attached(context, { name, source, published });
  const config = controlNetConfig(requiredJson(model, configFile));
  const foreign = foreignTo(base, config);
  if (foreign !== undefined)
    throw new KernelError(
      "LOAD_FAILED",
      `ControlNet "${name}" (${source}) ${foreign}. It was made for another base model: launch it with that one.`,
    );
  const weights = await componentWeights(model, component, variant);
  const graph = controlNet(config, weights, `controlnet_${name}`);
  warnOfUnused(context, graph);
  const { poolsResiduals } = config;
  return graphControlNet(context.graph(graph), { name, poolsResiduals });
}

/** Finds a ControlNet's folder. Where a published one's name leads to none, LOAD_FAILED has the command that fetches it. */
async function attached(
  { attach, options: { variant } }: LoadContext<DiffusionOptions>,
  { name, source, published }: Omit<Opening, "base">,
): Promise<ModelFolder> {
  const checkpoint = published.find((each) => [each.name, each.repo].includes(source));
  try {
    return await attach(checkpoint?.repo ?? source, (model) => {
      const { _class_name: found } = model.json(configFile) ?? {};
      if (found === "ControlNetModel")
        return [configFile, ...weightFiles(model, component, variant)];
      const what = found === undefined ? `has no ${configFile}` : `is a ${String(found)}`;
      throw new KernelError(
        "LOAD_FAILED",
        `ControlNet "${name}" (${source}) ${what}, and not a ControlNetModel in diffusers' layout. Name the folder of one.`,
      );
    });
  } catch (error) {
    if (!checkpoint || !isKernelError(error) || error.cause === undefined) throw error;
    const folder = `models/${basename(checkpoint.repo)}`;
    const message = `ControlNet "${name}" is published as ${checkpoint.repo}. Fetch it, then launch with options: { controlnet: { "${name}": "${folder}" } }:`;
    const command = fetchCommand({ checkpoint, folder });
    throw new KernelError("LOAD_FAILED", `${message}\n  ${command}`, { cause: error });
  }
}

/** Says which of a UNet's measures a ControlNet does not share, as a clause. undefined when it goes with it. */
function foreignTo(base: UNetConfig, own: ControlNetConfig): string | undefined {
  const differing = measures.find(([, measure]) => measure(base) !== measure(own));
  if (!differing) return undefined;
  const [what, measure] = differing;
  return `has ${what} ${measure(own)}, while the UNet has ${measure(base)}`;
}

type Measure = (config: UNetConfig) => string | number;

const measures: readonly (readonly [what: string, measure: Measure])[] = [
  ["texts of a width of", ({ cross_attention_dim: width }) => width],
  ["levels of channels", ({ levels }) => levels.map(({ channels }) => channels).join(", ")],
  ["levels of layers", ({ levels }) => levels.map(({ layers }) => layers).join(", ")],
  ["pooled texts of a width of", ({ addition }) => addition?.text ?? "none"],
];
