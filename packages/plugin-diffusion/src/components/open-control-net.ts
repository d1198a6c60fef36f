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
import { configOfFile, controlNetFileIn } from "../single-file/control-net-file.ts";
import { renamedWeights } from "../single-file/renamed-tensors.ts";
import { attachControlNet, component, configFile } from "./attach-control-net.ts";
import type { NamedSource } from "./attach-control-net.ts";
import { componentWeights } from "./component-weights.ts";
import type { PublishedControlNets } from "./published-control-nets.ts";
import { requiredJson } from "./required-json.ts";
import { warnOfUnused } from "./unused-weights.ts";

interface Opening extends NamedSource {
  readonly base: UNetConfig;
  readonly published: PublishedControlNets;
}

/** Declares the graph of one ControlNet, for a UNet of this config. */
export async function openControlNet(
  context: LoadContext<DiffusionOptions>,
  { base, published, ...named }: Opening,
): Promise<ControlNet> {
  const { name, source } = named;
  const model = await attachControlNet(context, named, published);
  const { config, weights } = await readControlNet(model, base, context.options.variant);
  const foreign = foreignTo(base, config);
  if (foreign !== undefined)
    throw new KernelError(
      "LOAD_FAILED",
      `ControlNet "${name}" (${source}) ${foreign}. It was made for another base model: launch it with that one.`,
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
  const single = controlNetFileIn(model);
  if (single) {
    const weights = renamedWeights(await openWeights(model.path, single.file), single.names);
    return { config: configOfFile(single, base), weights };
  }
  const config = controlNetConfig(requiredJson(model, configFile));
  return { config, weights: await componentWeights(model, component, variant) };
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
