import { add, groupNorm, linear, silu, unsqueeze } from "@kindred/core/onnx";
import type { GraphBuilder, GroupNormOptions, Value } from "@kindred/core/onnx";
import { conv } from "./conv.ts";
import type { Convolve } from "./conv.ts";
import type { FeatureMap } from "./feature-map.ts";

/** Computes a group norm of x, as `groupNorm` does. */
export type Normalize = (g: GraphBuilder, x: Value, options: GroupNormOptions) => Value;

export interface ResnetOptions {
  readonly channels: number;
  readonly groups: number;
  readonly epsilon: number;
  /** Computes the 3×3 convolutions. Default: `conv`. */
  readonly convolve?: Convolve;
  /** Computes the norms. Default: `groupNorm`. */
  readonly normalize?: Normalize | undefined;
  /** Added to every pixel between the two convolutions. Default: nothing, as in the autoencoder. */
  readonly time?: TimeEmbedding;
}

/** The embedded timestep after SiLU, [1, width], or [batch, width] where it has a condition. */
export interface TimeEmbedding {
  readonly value: Value;
  readonly width: number;
}

/** diffusers' ResnetBlock2D: group norm, SiLU and a 3×3 convolution, twice, around a shortcut. */
export function resnet(g: GraphBuilder, x: FeatureMap, options: ResnetOptions): FeatureMap {
  const { channels, convolve = conv, time } = options;
  let y = convolve(g.at("conv1"), normSilu(g.at("norm1"), x, options), channels);
  if (time !== undefined) {
    const shift = linear(g.at("time_emb_proj"), time.value, time.width, channels);
    y = { value: add(g, y.value, unsqueeze(g, shift, [2, 3])), channels };
  }
  y = convolve(g.at("conv2"), normSilu(g.at("norm2"), y, options), channels);
  // No norm has evened out its input: in eight bits, it would cost more than all other convolutions and linears.
  const toWidth = { kernel: 1, exact: true };
  const shortcut = x.channels === channels ? x : conv(g.at("conv_shortcut"), x, channels, toWidth);
  return { value: add(g, shortcut.value, y.value), channels };
}

/** Group norm and SiLU, which go before every 3×3 convolution. */
export function normSilu(
  g: GraphBuilder,
  x: FeatureMap,
  {
    groups,
    epsilon,
    normalize = groupNorm,
  }: Pick<ResnetOptions, "groups" | "epsilon" | "normalize">,
): FeatureMap {
  const normed = normalize(g, x.value, { groups, channels: x.channels, epsilon });
  return { value: silu(g, normed), channels: x.channels };
}
