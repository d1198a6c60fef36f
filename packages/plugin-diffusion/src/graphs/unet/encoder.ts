import type { GraphBuilder, Value } from "@kindred/core/onnx";
import { conv } from "../blocks/conv.ts";
import type { FeatureMap } from "../blocks/feature-map.ts";
import type { UNetConfig } from "../unet-config.ts";
import type { Block } from "./block.ts";
import { downBlock } from "./down-block.ts";
import type { UNetInputs } from "./inputs.ts";
import { midBlock } from "./mid-block.ts";
import { timeEmbedding } from "./time-embedding.ts";

/** The first half of a UNet, which a ControlNet has as well. */
export interface Encoded {
  /** Every map on the way down, the finest first. Each is a skip for the way up. */
  readonly skips: readonly FeatureMap[];
  readonly middle: FeatureMap;
  readonly shared: Shared;
}

/** What all blocks share. */
export type Shared = Pick<Block, "config" | "time" | "context">;

/** The way down and the middle. `enter` changes the map of the first convolution. Default: it stays. */
export function encoder(
  g: GraphBuilder,
  config: UNetConfig,
  inputs: UNetInputs,
  enter?: (x: FeatureMap) => FeatureMap,
): Encoded {
  const shared = sharedOf(g, config, inputs);
  const skips = [...wayDown(g, shared, inputs.sample, enter)];
  const { channels } = config.levels.at(-1)!;
  const block = { ...shared, ...config.mid, g: g.at("mid_block"), channels };
  return { skips, middle: midBlock(block, skips.at(-1)!), shared };
}

export function sharedOf(
  g: GraphBuilder,
  config: UNetConfig,
  { time, context }: UNetInputs,
): Shared {
  return { config, time: timeEmbedding(g, time, config), context };
}

/** The maps on the way down, the finest first. The graph has none that nobody asks for. */
export function* wayDown(
  g: GraphBuilder,
  shared: Shared,
  sample: Value,
  enter: (x: FeatureMap) => FeatureMap = (x) => x,
): Generator<FeatureMap, void> {
  const { config } = shared;
  const { levels } = config;
  const latent = { value: sample, channels: config.in_channels };
  const { channels: first } = levels[0]!;
  const options = { kernel: config.conv_in_kernel, exact: true };
  let x = enter(conv(g.at("conv_in"), latent, first, options));
  yield x;
  for (const [i, { channels, layers, heads, down: transformers }] of levels.entries()) {
    const block = { ...shared, g: g.at(`down_blocks.${i}`), channels, heads, transformers };
    for (x of downBlock(block, x, { layers, last: i === levels.length - 1 })) yield x;
  }
}
