import * as z from "zod";
import { readConfig } from "./config.ts";
import { count, maxWidth } from "./count.ts";

/** The fields of diffusers' SD3Transformer2DModel config, completed by its defaults. */
export interface Sd3TransformerConfig {
  /** Height and width of the training, in latent pixels. */
  readonly sample_size: number;
  /** Latent pixels along a side of a token. */
  readonly patch_size: number;
  readonly in_channels: number;
  readonly out_channels: number;
  readonly num_layers: number;
  readonly num_attention_heads: number;
  readonly attention_head_dim: number;
  /** Width of the text's states. */
  readonly joint_attention_dim: number;
  /** Width of the pooled text. */
  readonly pooled_projection_dim: number;
  /** Tokens along a side of the table of positions. */
  readonly pos_embed_max_size: number;
  /** Blocks whose picture also attends to itself alone. */
  readonly dual_attention_layers: readonly number[];
  /** null: queries and keys are taken as they are. */
  readonly qk_norm: "rms_norm" | null;
  /** Heads times their size. */
  readonly width: number;
}

/** Bounds above all published transformers: 38 layers and heads of 64, 384 positions a side, 128 latent pixels, patches of 2. */
const [maxLayers, maxHeads, maxHeadWidth, maxPositions, maxSide, maxPatch, maxChannels] = [
  256, 1024, 1024, 2048, 2048, 16, 1024,
];

const schema = z
  .object({
    sample_size: count(maxSide).default(128),
    patch_size: count(maxPatch).default(2),
    in_channels: count(maxChannels).default(16),
    // null is as many as are taken.
    out_channels: count(maxChannels).nullable().default(16),
    num_layers: count(maxLayers).default(18),
    num_attention_heads: count(maxHeads).default(18),
    attention_head_dim: count(maxHeadWidth).default(64),
    joint_attention_dim: count(maxWidth).default(4096),
    caption_projection_dim: count(maxWidth).default(1152),
    pooled_projection_dim: count(maxWidth).default(2048),
    pos_embed_max_size: count(maxPositions).default(96),
    dual_attention_layers: z.array(z.int().min(0)).max(maxLayers).default([]),
    qk_norm: z.literal("rms_norm").nullish(),
  })
  .transform(({ caption_projection_dim, ...config }, context): Sd3TransformerConfig => {
    const width = config.num_attention_heads * config.attention_head_dim;
    if (caption_projection_dim !== width)
      context.addIssue({
        code: "custom",
        path: ["caption_projection_dim"],
        message: `num_attention_heads of attention_head_dim have a width of ${width}`,
      });
    return {
      ...config,
      out_channels: config.out_channels ?? config.in_channels,
      qk_norm: config.qk_norm ?? null,
      width,
    };
  });

/** Reads a parsed transformer/config.json. LOAD_FAILED names each field that the graph cannot honour. */
export function sd3TransformerConfig(json: unknown): Sd3TransformerConfig {
  return readConfig(schema, "the transformer", json);
}
