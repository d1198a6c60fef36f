import { graph } from "@kindred/core/onnx";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { conv } from "./blocks/conv.ts";
import type { FeatureMap } from "./blocks/feature-map.ts";
import { normSilu } from "./blocks/resnet.ts";
import type { UNetConfig } from "./unet-config.ts";
import { encoder } from "./unet/encoder.ts";
import { unetInputs } from "./unet/inputs.ts";
import { withResiduals } from "./unet/residuals.ts";
import { upBlock } from "./unet/up-block.ts";
import { upsampleTo } from "./unet/upsample.ts";
import { unetWorkspace } from "./unet/workspace.ts";

export interface UNetOptions {
  /** The graph's name. Default "unet". */
  readonly name?: string;
  /** Whether it takes what ControlNets give (see unet/residuals.ts). Default false. */
  readonly residuals?: boolean;
}

/**
 * The denoiser of Stable Diffusion (arXiv 2112.10752), equal to diffusers' UNet2DConditionModel. Inputs: see unet/inputs.ts;
 * `timestep` has fractions, and the sides of `sample` any size. Output `out_sample` [batch, out_channels, height, width].
 */
export function unet(
  config: UNetConfig,
  weights: Weights,
  { name = "unet", residuals = false }: UNetOptions = {},
): BuiltGraph {
  const { levels, norm_num_groups: groups, norm_eps: epsilon } = config;
  const g = graph(name, weights);
  const own = encoder(g, config, unetInputs(g, config));
  const { shared, middle, skips } = residuals ? withResiduals(g, config, own) : own;

  const waiting = [...skips];
  let x = middle;
  for (const [i, { channels, layers, heads, up: transformers }] of levels.toReversed().entries()) {
    const block = { ...shared, g: g.at(`up_blocks.${i}`), channels, heads, transformers };
    x = upBlock(block, x, waiting.splice(-(layers + 1)));
    const next: FeatureMap | undefined = waiting.at(-1);
    if (next !== undefined) x = upsampleTo(block.g.at("upsamplers.0"), x, next);
  }

  x = normSilu(g.at("conv_norm_out"), x, { groups, epsilon });
  x = conv(g.at("conv_out"), x, config.out_channels, {
    kernel: config.conv_out_kernel,
    exact: true,
  });
  const workspace = unetWorkspace(config, { residuals });
  return g.output("out_sample", x.value).build({ workspace });
}
