import type { GraphBuilder } from "@kindred/core/onnx";
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
  /** What all blocks share. */
  readonly shared: Pick<Block, "config" | "time" | "context">;
}

/** The way down and the middle. `enter` changes the map of the first convolution. Default: it stays. */
export function encoder(
  g: GraphBuilder,
  config: UNetConfig,
  { sample, time, context }: UNetInputs,
  enter: (x: FeatureMap) => FeatureMap = (x) => x,
): Encoded {
  const { levels } = config;
  const shared = { config, time: timeEmbedding(g, time, config), context };
  const latent = { value: sample, channels: config.in_channels };
  const first = levels[0]!.channels;
  const skips = [
    enter(conv(g.at("conv_in"), latent, first, { kernel: config.conv_in_kernel, exact: true })),
  ];
  for (const [i, { channels, layers, heads, down: transformers }] of levels.entries()) {
    const block = { ...shared, g: g.at(`down_blocks.${i}`), channels, heads, transformers };
    skips.push(...downBlock(block, skips.at(-1)!, { layers, last: i === levels.length - 1 }));
  }
  const { channels } = levels.at(-1)!;
  const block = { ...shared, ...config.mid, g: g.at("mid_block"), channels };
  return { skips, middle: midBlock(block, skips.at(-1)!), shared };
}
