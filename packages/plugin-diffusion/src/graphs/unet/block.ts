import type { GraphBuilder } from "@kindred/core/onnx";
import type { FeatureMap } from "../blocks/feature-map.ts";
import { resnet } from "../blocks/resnet.ts";
import type { TimeEmbedding } from "../blocks/resnet.ts";
import type { UNetConfig } from "../unet-config.ts";
import { convolve } from "./convolve.ts";
import { transformer } from "./transformer.ts";
import type { Context } from "./transformer.ts";

/** The weights and options that the layers of one block of the UNet share. */
export interface Block {
  readonly g: GraphBuilder;
  readonly config: UNetConfig;
  readonly time: TimeEmbedding;
  readonly context: Context;
  readonly channels: number;
  readonly heads: number;
  /** Transformer blocks in each attention. 0: the block has no attention. */
  readonly transformers: number;
}

/** `resnets.i`, conditioned on the timestep. */
export function resnetLayer(block: Block, i: number, x: FeatureMap): FeatureMap {
  const { g, config, time, channels } = block;
  const { norm_num_groups: groups, norm_eps: epsilon } = config;
  return resnet(g.at(`resnets.${i}`), x, { channels, groups, epsilon, convolve, time });
}

/** `attentions.i`, to the picture and to the text. The map itself where the block has no attention. */
export function attentionLayer(block: Block, i: number, x: FeatureMap): FeatureMap {
  const { g, config, context, heads, transformers } = block;
  if (transformers === 0) return x;
  return transformer(g.at(`attentions.${i}`), x, {
    blocks: transformers,
    heads,
    groups: config.norm_num_groups,
    linearProjection: config.use_linear_projection,
    context,
  });
}
