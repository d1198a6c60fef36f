import { graph } from "@kindred/core/onnx";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import type { UNetConfig } from "./unet-config.ts";
import { deepOutput } from "./unet.ts";
import { prediction, wayUp } from "./unet/decoder.ts";
import { sharedOf, wayDown } from "./unet/encoder.ts";
import { unetInputs } from "./unet/inputs.ts";
import { withResiduals } from "./unet/residuals.ts";
import { channelsAt } from "./unet/skips.ts";
import { shallowWorkspace } from "./unet/workspace.ts";

export interface ShallowOptions {
  readonly name: string;
  /** Whether it takes what ControlNets give to its own skips. */
  readonly residuals: boolean;
  /** The number of its deepest skip, the finest first. */
  readonly branch: number;
}

/**
 * The shallow part of a UNet, which DeepCache (arXiv 2312.00858, section 3.3) runs at the steps between: the way down to a skip, and the
 * way up from there. Inputs: the UNet's (see unet/inputs.ts), and `deep_sample`, what the UNet gave at an earlier step for the same
 * branch. Output `out_sample` [batch, out_channels, height, width].
 */
export function shallowUNet(
  config: UNetConfig,
  weights: Weights,
  { name, residuals, branch }: ShallowOptions,
): BuiltGraph {
  const g = graph(name, weights);
  const inputs = unetInputs(g, config);
  const channels = channelsAt(config, branch);
  const sides = ["deep_height", "deep_width"];
  const value = g.input(deepOutput, "float32", ["batch", channels, ...sides]);

  const shared = sharedOf(g, config, inputs);
  const own = [];
  for (const skip of wayDown(g, shared, inputs.sample)) if (own.push(skip) > branch) break;
  const skips = residuals ? withResiduals(g, config, own) : own;
  const x = wayUp(g, { shared, skips }, { value, channels }, { from: branch, to: 0 });
  const workspace = shallowWorkspace(config, { residuals, branch });
  return g.output("out_sample", prediction(g, config, x).value).build({ workspace });
}
