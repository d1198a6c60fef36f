import * as z from "zod";
import { readConfig } from "./config.ts";
import { count, indivisibleWidth, maxLevels, maxWidth, perLevel } from "./count.ts";
import { unetFacts } from "./unet-facts.ts";

/** One resolution of the UNet, on the way down and up. */
export interface UNetLevel {
  readonly channels: number;
  readonly layers: number;
  readonly heads: number;
  /** Transformer blocks after each resnet on the way down and up. 0 where the block has no attention. */
  readonly down: number;
  readonly up: number;
}

/** The fields of diffusers' UNet2DConditionModel config that the graph needs, completed by its defaults and spread over the levels. */
export interface UNetConfig {
  readonly in_channels: number;
  readonly out_channels: number;
  /** Height and width of the training, in latent pixels. */
  readonly sample_size: number | readonly [number, number] | null;
  readonly levels: readonly UNetLevel[];
  readonly mid: { readonly heads: number; readonly transformers: number };
  readonly cross_attention_dim: number;
  readonly use_linear_projection: boolean;
  readonly norm_num_groups: number;
  readonly norm_eps: number;
  readonly downsample_padding: number;
  readonly conv_in_kernel: number;
  readonly conv_out_kernel: number;
  readonly flip_sin_to_cos: boolean;
  readonly freq_shift: number;
  readonly time_embedding_dim: number;
  /** Width of the input `timestep_cond`. null: the graph has no such input. */
  readonly time_cond_proj_dim: number | null;
  /** Widths of the inputs `text_embeds` and `time_ids`. null: the graph has no such inputs. */
  readonly addition: UNetAddition | null;
}

/** SDXL's `text_time`: an embedding of pooled text and of numbers, added to that of the timestep. */
export interface UNetAddition {
  /** Width of the pooled text. */
  readonly text: number;
  /** Numbers of `time_ids`, and the width of the sinusoids of each. */
  readonly ids: number;
  readonly width: number;
}

/** Bounds above all published UNets: 3 layers, 10 transformers, 20 heads, 32 groups, kernels of 3. */
const [maxLayers, maxTransformers, maxHeads, maxGroups, maxKernel] = [32, 64, 1024, 1024, 31];

const off = z.literal(false).nullish();
const absent = z.null().optional();

const schema = z
  .object({
    ...unetFacts,
    down_block_types: z
      .array(z.enum(["CrossAttnDownBlock2D", "DownBlock2D"]))
      .default([
        "CrossAttnDownBlock2D",
        "CrossAttnDownBlock2D",
        "CrossAttnDownBlock2D",
        "DownBlock2D",
      ]),
    mid_block_type: z.literal("UNetMidBlock2DCrossAttn").default("UNetMidBlock2DCrossAttn"),
    up_block_types: z
      .array(z.enum(["CrossAttnUpBlock2D", "UpBlock2D"]))
      .default(["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]),
    layers_per_block: perLevel(maxLayers).default(2),
    num_attention_heads: perLevel(maxHeads).nullish(),
    transformer_layers_per_block: perLevel(maxTransformers).default(1),
    reverse_transformer_layers_per_block: z.array(count(maxTransformers)).max(maxLevels).nullish(),
    use_linear_projection: z.boolean().default(false),
    norm_num_groups: count(maxGroups).default(32),
    norm_eps: z.number().positive().default(1e-5),
    downsample_padding: z.int().min(0).max(maxKernel).default(1),
    conv_in_kernel: count(maxKernel).default(3),
    conv_out_kernel: count(maxKernel).default(3),
    flip_sin_to_cos: z.boolean().default(true),
    freq_shift: z.number().default(0),
    time_embedding_dim: count(maxWidth).nullish(),
    addition_embed_type: z.literal("text_time").nullish(),
    addition_time_embed_dim: count(maxWidth).nullish(),
    projection_class_embeddings_input_dim: count(maxWidth).nullish(),

    // The graph has none of these. A checkpoint that needs one is refused instead of drawn wrongly.
    act_fn: z.enum(["silu", "swish"]).default("silu"),
    resnet_time_scale_shift: z.literal("default").default("default"),
    time_embedding_type: z.literal("positional").default("positional"),
    attention_type: z.literal("default").default("default"),
    mid_block_scale_factor: z.literal(1).default(1),
    resnet_out_scale_factor: z.literal(1).default(1),
    center_input_sample: off,
    dual_cross_attention: off,
    only_cross_attention: z.union([off, z.array(z.literal(false))]),
    mid_block_only_cross_attention: off,
    resnet_skip_time_act: off,
    class_embeddings_concat: off,
    class_embed_type: absent,
    num_class_embeds: absent,
    encoder_hid_dim: absent,
    encoder_hid_dim_type: absent,
    time_embedding_act_fn: absent,
    timestep_post_act: absent,
    cross_attention_norm: absent,
  })
  .transform((config, context): UNetConfig => {
    const channels = config.block_out_channels;
    const spread = (field: string, value: number | readonly number[]): readonly number[] => {
      const list = typeof value === "number" ? channels.map(() => value) : value;
      if (list.length !== channels.length) refuse(field);
      return list;
    };
    const refuse = (field: string) => {
      const message = `block_out_channels has ${channels.length} levels`;
      context.addIssue({ code: "custom", path: [field], message });
    };
    const addition = config.addition_embed_type ? textTime(config) : null;
    if (addition === undefined)
      context.addIssue({
        code: "custom",
        path: ["projection_class_embeddings_input_dim"],
        message: `it holds ${timeIds} embeddings of addition_time_embed_dim and a pooled text`,
      });
    if (config.down_block_types.length !== channels.length) refuse("down_block_types");
    if (config.up_block_types.length !== channels.length) refuse("up_block_types");

    const layers = spread("layers_per_block", config.layers_per_block);
    const heads = config.num_attention_heads
      ? spread("num_attention_heads", config.num_attention_heads)
      : spread("attention_head_dim", config.attention_head_dim);
    const down = spread("transformer_layers_per_block", config.transformer_layers_per_block);
    const up = config.reverse_transformer_layers_per_block?.toReversed() ?? down;
    const upTypes = config.up_block_types.toReversed();
    const widths = new Set(spread("cross_attention_dim", config.cross_attention_dim));
    if (widths.size > 1)
      context.addIssue({
        code: "custom",
        path: ["cross_attention_dim"],
        message: "one width for all levels is supported",
      });

    const indivisible = (field: string, divisor: number, widths: readonly number[]) => {
      const message = indivisibleWidth(divisor, widths);
      if (message) context.addIssue({ code: "custom", path: [field], message });
    };
    indivisible("norm_num_groups", config.norm_num_groups, channels);
    const headsField = config.num_attention_heads ? "num_attention_heads" : "attention_head_dim";
    for (const [i, width] of channels.entries()) {
      const types = `${config.down_block_types[i]} ${upTypes[i]}`;
      // The middle block, whose attention has the last level's heads, is as wide as that.
      const attends = types.includes("CrossAttn") || i === channels.length - 1;
      if (attends) indivisible(headsField, heads[i] ?? 1, [width]);
    }

    return {
      ...config,
      sample_size: config.sample_size ?? null,
      time_embedding_dim: config.time_embedding_dim ?? 4 * channels[0]!,
      time_cond_proj_dim: config.time_cond_proj_dim ?? null,
      addition: addition ?? null,
      cross_attention_dim: [...widths][0]!,
      levels: channels.map((channelCount, i) => ({
        channels: channelCount,
        layers: layers[i]!,
        heads: heads[i]!,
        down: config.down_block_types[i] === "CrossAttnDownBlock2D" ? down[i]! : 0,
        up: upTypes[i] === "CrossAttnUpBlock2D" ? up[i]! : 0,
      })),
      mid: { heads: heads.at(-1)!, transformers: down.at(-1)! },
    };
  });

/** The sizes and the crop of SDXL's micro-conditioning (arXiv 2307.01952, section 2.2): two numbers each. */
const timeIds = 6;

/** undefined when the widths leave no room for a pooled text. */
function textTime(config: {
  readonly addition_time_embed_dim?: number | null | undefined;
  readonly projection_class_embeddings_input_dim?: number | null | undefined;
}): UNetAddition | undefined {
  const width = config.addition_time_embed_dim ?? 0;
  const text = (config.projection_class_embeddings_input_dim ?? 0) - timeIds * width;
  return width > 0 && text > 0 ? { text, ids: timeIds, width } : undefined;
}

/** Reads a parsed unet/config.json. LOAD_FAILED names each field that the graph cannot honour, and `component`. */
export function unetConfig(json: unknown, component = "the UNet"): UNetConfig {
  return readConfig(schema, component, json);
}
