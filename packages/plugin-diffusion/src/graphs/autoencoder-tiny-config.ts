import * as z from "zod";
import { readConfig } from "./config.ts";
import { count, maxChannels, maxLevels } from "./count.ts";

/** The fields of diffusers' AutoencoderTiny config that its decoder and the pipeline need, completed by its defaults. */
export interface AutoencoderTinyConfig {
  readonly latent_channels: number;
  readonly out_channels: number;
  /** Channels of each level, the coarsest first. All are alike. Each level but the last doubles the size. */
  readonly decoder_block_out_channels: readonly number[];
  /** Residual blocks of each level. */
  readonly num_decoder_blocks: readonly number[];
  readonly act_fn: ActivationName;
  /** What is decoded is latent / scaling_factor + shift_factor. Published ones have 1 and 0: they decode latents as they are. */
  readonly scaling_factor: number;
  readonly shift_factor: number;
}

const activationNames = ["relu", "silu", "swish", "gelu", "mish"] as const;
export type ActivationName = (typeof activationNames)[number];

/** Bounds above all published ones: 3 blocks, 16 channels of a latent. */
const [maxBlocks, maxLatentChannels] = [32, 1024];

const channelsOfLevels = z.array(count(maxChannels)).min(1).max(maxLevels);
const blocksOfLevels = z.array(z.int().min(0).max(maxBlocks)).min(1).max(maxLevels);

const schema = z
  .object({
    latent_channels: count(maxLatentChannels).default(4),
    out_channels: z.literal(3).default(3),
    decoder_block_out_channels: channelsOfLevels.default([64, 64, 64, 64]),
    num_decoder_blocks: blocksOfLevels.default([3, 3, 3, 1]),
    act_fn: z.enum(activationNames).default("relu"),
    upsample_fn: z.literal("nearest").default("nearest"),
    upsampling_scaling_factor: z.literal(2).default(2),
    scaling_factor: z.number().positive().default(1),
    shift_factor: z.number().nullish(),
    // The encoder's, and those of latents that are stored as pictures. No decoding depends on them.
    in_channels: count(maxLatentChannels).default(3),
    encoder_block_out_channels: channelsOfLevels.default([64, 64, 64, 64]),
    num_encoder_blocks: blocksOfLevels.default([1, 3, 3, 3]),
    latent_magnitude: z.number().optional(),
    latent_shift: z.number().optional(),
    // diffusers sets them itself, whatever a file has.
    block_out_channels: channelsOfLevels.optional(),
    force_upcast: z.boolean().optional(),
  })
  .check(({ value, issues }) => {
    const refuse = (field: string, message: string) =>
      issues.push({ code: "custom", input: value, path: [field], message });
    for (const half of ["decoder", "encoder"] as const) {
      const levels = value[`${half}_block_out_channels`].length;
      const field = `num_${half}_blocks` as const;
      if (value[field].length !== levels)
        refuse(field, `${half}_block_out_channels has ${levels} levels`);
    }
    const [first, ...others] = value.decoder_block_out_channels;
    if (others.some((each) => each !== first))
      refuse("decoder_block_out_channels", "no layer leads from one number of channels to another");
  })
  .transform((config) => ({ ...config, shift_factor: config.shift_factor ?? 0 }));

/** Reads the parsed config.json of an AutoencoderTiny. LOAD_FAILED names each field that the decoder cannot honour. */
export function autoencoderTinyConfig(json: unknown): AutoencoderTinyConfig {
  return readConfig(schema, "the AutoencoderTiny", json);
}
