import { graph } from "@kindred/core/onnx";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import type { UNetConfig } from "./unet-config.ts";
import { prediction, wayUp } from "./unet/decoder.ts";
import { encoder } from "./unet/encoder.ts";
import { unetInputs } from "./unet/inputs.ts";
import { withResiduals } from "./unet/residuals.ts";
import { unetWorkspace } from "./unet/workspace.ts";

export interface UNetOptions {
  /** The graph's name. Default "unet". */
  readonly name?: string;
  /** Whether it takes what ControlNets give (see unet/residuals.ts). Default false. */
  readonly residuals?: boolean;
  /** The number of the skip, the finest first, at which it also gives what `shallowUNet` goes on from. Default: none. */
  readonly branch?: number | undefined;
}

/** What a UNet gives at its branch: [batch, channels, height, width] of the map that joins that skip. */
export const deepOutput = "deep_sample";

/**
 * The denoiser of Stable Diffusion (arXiv 2112.10752), equal to diffusers' UNet2DConditionModel. Inputs: see unet/inputs.ts;
 * `timestep` has fractions, and the sides of `sample` any size. Output `out_sample` [batch, out_channels, height, width], and with a
 * branch `deep_sample` before it.
 */
export function unet(
  config: UNetConfig,
  weights: Weights,
  { name = "unet", residuals = false, branch }: UNetOptions = {},
): BuiltGraph {
  const g = graph(name, weights);
  const { shared, ...own } = encoder(g, config, unetInputs(g, config));
  const maps = [...own.skips, own.middle];
  const moved = residuals ? withResiduals(g, config, maps) : maps;
  const encoded = { shared, skips: moved.slice(0, -1) };

  const from = encoded.skips.length - 1;
  let x = moved.at(-1)!;
  if (branch === undefined) x = wayUp(g, encoded, x, { from, to: 0 });
  else {
    x = wayUp(g, encoded, x, { from, to: branch + 1 });
    g.output(deepOutput, x.value);
    x = wayUp(g, encoded, x, { from: branch, to: 0 });
  }
  const workspace = unetWorkspace(config, { residuals, branch });
  return g.output("out_sample", prediction(g, config, x).value).build({ workspace });
}
