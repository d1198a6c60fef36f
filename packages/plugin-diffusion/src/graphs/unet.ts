import { graph, reshape, shapeOf, slice } from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import { conv } from "./blocks/conv.ts";
import type { FeatureMap } from "./blocks/feature-map.ts";
import { normSilu } from "./blocks/resnet.ts";
import type { UNetConfig } from "./unet-config.ts";
import { downBlock } from "./unet/down-block.ts";
import { midBlock } from "./unet/mid-block.ts";
import { timeEmbedding } from "./unet/time-embedding.ts";
import type { Time } from "./unet/time-embedding.ts";
import type { Context } from "./unet/transformer.ts";
import { upBlock } from "./unet/up-block.ts";
import { upsampleTo } from "./unet/upsample.ts";
import { unetWorkspace } from "./unet/workspace.ts";

/**
 * The denoiser of Stable Diffusion (arXiv 2112.10752), equal to diffusers' UNet2DConditionModel. Inputs, float32: `sample`
 * [batch, in_channels, height, width] of any size, `timestep` [1], fractions included, and `encoder_hidden_states`
 * [batch, sequence, cross_attention_dim]; for a config with time_cond_proj_dim also `timestep_cond`
 * [batch, time_cond_proj_dim]; for one with `text_time` also `text_embeds` [batch, pooled width] and `time_ids` [batch, 6].
 * Output `out_sample` [batch, out_channels, height, width]. `name` is the graph's.
 */
export function unet(config: UNetConfig, weights: Weights, name = "unet"): BuiltGraph {
  const { levels, norm_num_groups: groups, norm_eps: epsilon, time_cond_proj_dim: width } = config;
  const g = graph(name, weights);
  const sample = g.input("sample", "float32", ["batch", config.in_channels, "height", "width"]);
  const timestep = g.input("timestep", "float32", [1]);
  const states = g.input("encoder_hidden_states", "float32", [
    "batch",
    "sequence",
    config.cross_attention_dim,
  ]);
  const condition =
    width === null
      ? undefined
      : { value: g.input("timestep_cond", "float32", ["batch", width]), width };
  const shared = {
    config,
    time: timeEmbedding(g, { timestep, condition, addition: additionInputs(g, config) }, config),
    context: textContext(g, states, config.cross_attention_dim),
  };

  const image = { value: sample, channels: config.in_channels };
  let x = conv(g.at("conv_in"), image, levels[0]!.channels, config.conv_in_kernel);
  const skips = [x];
  for (const [i, { channels, layers, heads, down: transformers }] of levels.entries()) {
    const block = { ...shared, g: g.at(`down_blocks.${i}`), channels, heads, transformers };
    skips.push(...downBlock(block, x, { layers, last: i === levels.length - 1 }));
    x = skips.at(-1)!;
  }

  const { channels } = levels.at(-1)!;
  x = midBlock({ ...shared, ...config.mid, g: g.at("mid_block"), channels }, x);

  for (const [i, { channels, layers, heads, up: transformers }] of levels.toReversed().entries()) {
    const block = { ...shared, g: g.at(`up_blocks.${i}`), channels, heads, transformers };
    x = upBlock(block, x, skips.splice(-(layers + 1)));
    const next: FeatureMap | undefined = skips.at(-1);
    if (next !== undefined) x = upsampleTo(block.g.at("upsamplers.0"), x, next);
  }

  x = normSilu(g.at("conv_norm_out"), x, { groups, epsilon });
  x = conv(g.at("conv_out"), x, config.out_channels, config.conv_out_kernel);
  return g.output("out_sample", x.value).build({ workspace: unetWorkspace(config) });
}

function additionInputs(g: GraphBuilder, { addition }: UNetConfig): Time["addition"] {
  if (addition === null) return undefined;
  return {
    text: g.input("text_embeds", "float32", ["batch", addition.text]),
    ids: g.input("time_ids", "float32", ["batch", addition.ids]),
  };
}

function textContext(g: GraphBuilder, states: Value, width: number): Context {
  const batch = slice(g, shapeOf(g, states), { start: 0, end: 1 });
  return { states: reshape(g, states, [-1, width]), width, batch };
}
