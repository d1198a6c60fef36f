import { add, concat, conv2d, graph, mul, silu, slice, split } from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import { conv } from "./blocks/conv.ts";
import type { FeatureMap } from "./blocks/feature-map.ts";
import type { ControlNetConfig, Hint } from "./control-net-config.ts";
import { encoder } from "./unet/encoder.ts";
import { unetInputs } from "./unet/inputs.ts";
import { residualNames } from "./unet/residuals.ts";
import { controlNetWorkspace } from "./unet/workspace.ts";

/**
 * A ControlNet (arXiv 2302.05543), equal to diffusers' ControlNetModel: the first half of a UNet, which also sees a picture.
 * Inputs, float32, beside the UNet's (see unet/inputs.ts): `controlnet_cond` [1, 3, pixel height, pixel width], from 0 to 1, and
 * `conditioning_scales` [outputs], by which each output is multiplied. Outputs: see unet/residuals.ts, each in its skip's
 * shape, or [batch, channels, 1, 1] where they are pooled. `name` is the graph's.
 */
export function controlNet(config: ControlNetConfig, weights: Weights, name: string): BuiltGraph {
  const g = graph(name, weights);
  const inputs = unetInputs(g, config);
  const { channels } = config.hint;
  const picture = g.input("controlnet_cond", "float32", [
    1,
    channels,
    "pixel_height",
    "pixel_width",
  ]);
  const names = residualNames(config);
  const scales = g.input("conditioning_scales", "float32", [names.length]);
  const { skips, middle } = encoder(g, config, inputs, (x) => {
    const seen = hint(g.at("controlnet_cond_embedding"), picture, config.hint, x.channels);
    return { value: add(g, x.value, seen.value), channels: x.channels };
  });
  const outputs = [
    ...skips.map((skip, i) =>
      conv(g.at(`controlnet_down_blocks.${i}`), skip, skip.channels, { kernel: 1 }),
    ),
    conv(g.at("controlnet_mid_block"), middle, middle.channels, { kernel: 1 }),
  ];
  for (const [i, { value }] of outputs.entries()) {
    const scaled = mul(g, value, slice(g, scales, { start: i, end: i + 1 }));
    g.output(names[i]!, config.poolsResiduals ? pooled(g, scaled) : scaled);
  }
  return g.build({ workspace: controlNetWorkspace(config) });
}

/** diffusers' ControlNetConditioningEmbedding. */
function hint(
  g: GraphBuilder,
  picture: Value,
  { channels, widths, reversed }: Hint,
  out: number,
): FeatureMap {
  const seen = reversed ? concat(g, split(g, picture, channels, 1).toReversed(), 1) : picture;
  const active = (x: FeatureMap): FeatureMap => ({ value: silu(g, x.value), channels: x.channels });
  let x = active(conv(g.at("conv_in"), { value: seen, channels }, widths[0]!));
  for (const [i, width] of widths.slice(1).entries()) {
    x = active(conv(g.at(`blocks.${2 * i}`), x, x.channels));
    x = active(halved(g.at(`blocks.${2 * i + 1}`), x, width));
  }
  return conv(g.at("conv_out"), x, out);
}

function halved(g: GraphBuilder, x: FeatureMap, channels: number): FeatureMap {
  const options = { in: x.channels, out: channels, kernel: 3, stride: 2, padding: 1 };
  return { value: conv2d(g, x.value, options), channels };
}

/** The mean over all pixels, [batch, channels, 1, 1]. */
function pooled(g: GraphBuilder, x: Value): Value {
  return g.node("ReduceMean", [x, g.int64([2, 3])], { keepdims: 1 });
}
