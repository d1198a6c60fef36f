import * as z from "zod";
import { readConfig } from "./config.ts";
import { count, indivisibleWidth, maxChannels, maxLevels } from "./count.ts";

/** The fields of diffusers' AutoencoderKL config that graphs and pipeline need, completed by its defaults. */
export interface AutoencoderKlConfig {
  readonly in_channels: number;
  readonly out_channels: number;
  readonly latent_channels: number;
  /** Channels by level, the coarsest last. Each level but the last halves the size. */
  readonly block_out_channels: readonly number[];
  readonly layers_per_block: number;
  readonly norm_num_groups: number;
  readonly use_quant_conv: boolean;
  readonly use_post_quant_conv: boolean;
  readonly mid_block_add_attention: boolean;
  /** A latent is (encoded - shift_factor) · scaling_factor. */
  readonly scaling_factor: number;
  readonly shift_factor: number;
}

/** Bounds above all published autoencoders: 2 layers, 32 groups, 16 channels of a latent. */
const [maxLayers, maxGroups, maxLatentChannels] = [32, 1024, 1024];

const schema = z
  .object({
    in_channels: count(maxLatentChannels).default(3),
    out_channels: z.literal(3).default(3),
    latent_channels: count(maxLatentChannels).default(4),
    down_block_types: z.array(z.literal("DownEncoderBlock2D")).default(["DownEncoderBlock2D"]),
    up_block_types: z.array(z.literal("UpDecoderBlock2D")).default(["UpDecoderBlock2D"]),
    block_out_channels: z.array(count(maxChannels)).min(1).max(maxLevels).default([64]),
    layers_per_block: count(maxLayers).default(1),
    norm_num_groups: count(maxGroups).default(32),
    act_fn: z.enum(["silu", "swish"]).default("silu"),
    use_quant_conv: z.boolean().default(true),
    use_post_quant_conv: z.boolean().default(true),
    mid_block_add_attention: z.boolean().default(true),
    scaling_factor: z.number().positive().default(0.18215),
    shift_factor: z.number().nullish(),
    latents_mean: z.null().optional(),
    latents_std: z.null().optional(),
  })
  .check(({ value, issues }) => {
    const levels = value.block_out_channels.length;
    for (const field of ["down_block_types", "up_block_types"] as const)
      if (value[field].length !== levels)
        issues.push({
          code: "custom",
          input: value,
          path: [field],
          message: `block_out_channels has ${levels} levels`,
        });
    const message = indivisibleWidth(value.norm_num_groups, value.block_out_channels);
    if (message !== undefined)
      issues.push({ code: "custom", input: value, path: ["norm_num_groups"], message });
  })
  .transform((config) => ({ ...config, shift_factor: config.shift_factor ?? 0 }));

/** Reads a parsed vae/config.json. LOAD_FAILED names each field that the graphs cannot honour. */
export function autoencoderKlConfig(json: unknown): AutoencoderKlConfig {
  return readConfig(schema, "the VAE", json);
}
