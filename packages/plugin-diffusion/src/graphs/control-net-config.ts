import * as z from "zod";
import { readConfig } from "./config.ts";
import { count, maxChannels, maxLevels } from "./count.ts";
import { unetConfig } from "./unet-config.ts";
import type { UNetConfig } from "./unet-config.ts";

/** The fields of diffusers' ControlNetModel config that the graph needs: those of its UNet, and of what it adds to it. */
export interface ControlNetConfig extends UNetConfig {
  readonly hint: Hint;
  /** Whether residuals are averaged over their pixels. */
  readonly poolsResiduals: boolean;
}

/** The convolutions that bring a control picture to a latent's size. */
export interface Hint {
  /** Channels of the picture. */
  readonly channels: number;
  /** Channels of each level, the picture's size first. Each further one halves its sides. */
  readonly widths: readonly number[];
  /** Whether they take the picture's channels as blue, green, red. */
  readonly reversed: boolean;
}

const schema = z
  .object({
    down_block_types: z.array(z.string()).max(maxLevels).optional(),
    conditioning_channels: z.literal(3).default(3),
    conditioning_embedding_out_channels: z
      .array(count(maxChannels))
      .min(1)
      .max(maxLevels)
      .nullish()
      .transform((widths) => widths ?? [16, 32, 96, 256]),
    controlnet_conditioning_channel_order: z.enum(["rgb", "bgr"]).default("rgb"),
    global_pool_conditions: z.boolean().default(false),
  })
  .transform((config) => ({
    // A ControlNet has no way up. Its levels are read as those of a UNet whose way up mirrors the way down.
    mirrored: config.down_block_types?.toReversed().map((type) => type.replace("Down", "Up")),
    hint: {
      channels: config.conditioning_channels,
      widths: config.conditioning_embedding_out_channels,
      reversed: config.controlnet_conditioning_channel_order === "bgr",
    },
    poolsResiduals: config.global_pool_conditions,
  }));

/** Reads a ControlNet's parsed config.json. LOAD_FAILED names each field that the graph cannot honour. */
export function controlNetConfig(json: unknown): ControlNetConfig {
  const { mirrored, ...own } = readConfig(schema, "the ControlNet", json);
  const levels = mirrored ? { ...(json as object), up_block_types: mirrored } : json;
  return { ...unetConfig(levels, "the ControlNet"), ...own };
}
