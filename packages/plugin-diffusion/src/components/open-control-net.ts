import { KernelError } from "@kindred/core";
import type { LoadContext, ModelFolder } from "@kindred/core";
import { openWeights } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { graphControlNet } from "../control/control-net.ts";
import type { ControlNet } from "../control/control-net.ts";
import { controlNetConfig } from "../graphs/control-net-config.ts";
import type { ControlNetConfig } from "../graphs/control-net-config.ts";
import { controlNet } from "../graphs/control-net.ts";
import type { UNetConfig } from "../graphs/unet-config.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { configOfFile, controlNetFilesIn } from "../single-file/control-net-file.ts";
import { renamedWeights } from "../single-file/renamed-tensors.ts";
import { attachControlNet } from "./attach-control-net.ts";
import { componentWeights } from "./component-weights.ts";
import { openingOf } from "./opening-of.ts";
import { configFile, ownFolder } from "./own-folder.ts";
import type { PublishedControlNets } from "./published-control-nets.ts";
import { requiredJson } from "./required-json.ts";
import { warnOfUnused } from "./unused-weights.ts";

/** A ControlNet of a launch: the name that requests have for it, and where it is. */
export interface NamedSource {
  readonly name: string;
  readonly source: string;
}

/** What a ControlNet must fit. */
export interface ControlledBase {
  readonly unet: UNetConfig;
  /** Pixels along a side for each latent pixel. */
  readonly factor: number;
}

interface Opening extends NamedSource {
  readonly base: ControlledBase;
  readonly published: PublishedControlNets;
}

/** Declares the graph of one ControlNet, for a base model. LOAD_FAILED names it, and why it cannot be used. */
export function openControlNet(
  context: LoadContext<DiffusionOptions>,
  opening: Opening,
): Promise<ControlNet> {
  const { name, source } = opening;
  return openingOf(`ControlNet "${name}" (${source})`, () => declared(context, opening));
}

async function declared(
  context: LoadContext<DiffusionOptions>,
  { name, source, base, published }: Opening,
): Promise<ControlNet> {
  const model = await attachControlNet(context, source, published);
  const { config, weights } = await readControlNet(model, base.unet, context.options.variant);
  const foreign = foreignTo(base, config);
  if (foreign !== undefined)
    throw new KernelError(
      "LOAD_FAILED",
      `It ${foreign}. It was made for another base model: launch it with that one.`,
    );
  const graph = controlNet(config, weights, `controlnet_${name}`);
  warnOfUnused(context, graph);
  const { poolsResiduals } = config;
  return graphControlNet(context.graph(graph), { name, poolsResiduals });
}

interface Read {
  readonly config: ControlNetConfig;
  readonly weights: Weights;
}

async function readControlNet(
  model: ModelFolder,
  base: UNetConfig,
  variant: string | undefined,
): Promise<Read> {
  const [single] = controlNetFilesIn(model);
  if (single) {
    const weights = renamedWeights(await openWeights(model.path, single.file), single.names);
    return { config: configOfFile(single, base), weights };
  }
  const config = controlNetConfig(requiredJson(model, configFile));
  return { config, weights: await componentWeights(model, ownFolder, variant) };
}

/** Says which measure a ControlNet does not share with a base model, as a clause. undefined when it goes with it. */
function foreignTo({ unet, factor }: ControlledBase, own: ControlNetConfig): string | undefined {
  const measures: readonly (readonly [what: string, own: Measure, base: Measure])[] = [
    ["texts of a width of", own.cross_attention_dim, unet.cross_attention_dim],
    ["levels of channels", channelsOf(own), channelsOf(unet)],
    ["levels of layers", layersOf(own), layersOf(unet)],
    ["pooled texts of a width of", own.addition?.text ?? "none", unet.addition?.text ?? "none"],
    ["latents of channels", own.in_channels, unet.out_channels],
    ["pixels a side for a latent's", 2 ** (own.hint.widths.length - 1), factor],
  ];
  const [differing] = measures.filter(([, mine, theirs]) => mine !== theirs);
  if (!differing) return undefined;
  const [what, mine, theirs] = differing;
  return `takes ${what} ${mine}, while the base model has ${theirs}`;
}

type Measure = string | number;

function channelsOf({ levels }: UNetConfig): string {
  return levels.map(({ channels }) => channels).join(", ");
}

function layersOf({ levels }: UNetConfig): string {
  return levels.map(({ layers }) => layers).join(", ");
}
