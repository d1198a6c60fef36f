import { formatBytes, KernelError } from "@kindred/core";
import type { Dims, Graph, LaunchListing, LoadContext, ModelFolder } from "@kindred/core";
import type { Precision } from "@kindred/core/onnx";
import type { ShallowPart } from "../deep-cached.ts";
import { shallowUNet } from "../graphs/shallow-unet.ts";
import type { UNetConfig } from "../graphs/unet-config.ts";
import { deepOutput } from "../graphs/unet.ts";
import { residualNames } from "../graphs/unet/residuals.ts";
import { skipPlaces } from "../graphs/unet/skips.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { partGraph } from "./component-graph.ts";
import type { Component } from "./component.ts";

const defaultInterval = 3;
const defaultBranch = 0;

/** The interval that requests of a launch have where they do not say. undefined: it is without DeepCache. */
export function launchedInterval({
  deepcache,
  deepcache_cache_interval: interval = defaultInterval,
}: DiffusionOptions): number | undefined {
  return deepcache ? interval : undefined;
}

/** The skip down to which the steps between run. undefined: the launch is without DeepCache. LOAD_FAILED where the UNet has none of that number. */
export function launchedBranch(
  { id }: ModelFolder,
  { deepcache, deepcache_cache_branch_id: branch = defaultBranch }: DiffusionOptions,
  config: UNetConfig,
): number | undefined {
  if (!deepcache) return undefined;
  const count = skipPlaces(config).length;
  if (branch < count) return branch;
  const message = `"${id}" was launched with deepcache_cache_branch_id ${branch}, and its UNet has ${count} skips. Give a number from 0 to ${count - 1}.`;
  throw new KernelError("LOAD_FAILED", message);
}

interface Shallow {
  readonly config: UNetConfig;
  readonly branch: number;
  /** Whether the launch has ControlNets. */
  readonly isControlled: boolean;
  /** That of the whole UNet. */
  readonly precision: Precision;
}

/** Declares the graph of a UNet's shallow part, over the same weights and in the same precision. */
export async function openShallowPart(
  context: LoadContext<DiffusionOptions>,
  component: Component,
  { config, branch, isControlled, precision }: Shallow,
): Promise<ShallowPart> {
  const name = `${component.folder}_shallow`;
  const source = await partGraph(context, component, { rounding: "run", precision }, (weights) =>
    shallowUNet(config, weights, { name, residuals: isControlled, branch }),
  );
  const residuals = isControlled ? residualNames(config).slice(0, branch + 1) : [];
  return { graph: context.graph(source), kept: deepOutput, residuals };
}

/** DEVICE_EXHAUSTED where the device cannot hold both graphs at once: they would open and close at every change from one to the other. */
export function refuseInTurn(
  { device, model }: LoadContext<DiffusionOptions>,
  graphs: readonly Graph[],
  dims: Dims,
): void {
  const needed = graphs.reduce((sum, graph) => sum + graph.bytes(dims), 0);
  if (needed <= device.bytes) return;
  const message = `"${model.id}" was launched with deepcache, whose two graphs need ${formatBytes(needed)} together; ${device.id} has ${formatBytes(device.bytes)} in all. Leave deepcache out, take another precision, or give it more memory.`;
  throw new KernelError("DEVICE_EXHAUSTED", message);
}

/** LOAD_FAILED where a launch asks for DeepCache and the model, seen as a folder, has no UNet. */
export function refuseAbsentUNet(model: LaunchListing, { deepcache }: DiffusionOptions): void {
  if (!deepcache || model.json("unet/config.json") !== undefined) return;
  const message = `"${model.id}" was launched with deepcache, which is for UNets, and it has none. Leave that out.`;
  throw new KernelError("LOAD_FAILED", message);
}

/** LOAD_FAILED where a launch asks for DeepCache of a UNet that is an ONNX export. */
export function refuseExported({ id }: ModelFolder, { deepcache }: DiffusionOptions): void {
  if (!deepcache) return;
  const message = `"${id}" was launched with deepcache, and its UNet is an ONNX export, which is run as a whole. Launch the folder with its .safetensors weights.`;
  throw new KernelError("LOAD_FAILED", message);
}
