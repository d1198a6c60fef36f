import * as z from "zod";
import { readConfig } from "./config.ts";
import { count, maxChannels, maxLevels, maxWidth, perLevel } from "./count.ts";

/** Bounds above all published UNets: 9 channels, 128 latent pixels a side. */
const [maxLatentChannels, maxSide, maxHeads] = [1024, 1024, 1024];

const side = count(maxSide);

/** What the pipeline reads of a UNet's config, whether its graph is built here or exported. */
export interface UNetFacts {
  readonly in_channels: number;
  readonly out_channels: number;
  /** Height and width of the training, in latent pixels. */
  readonly sample_size: number | readonly [number, number] | null | undefined;
  /** By level, the coarsest last. */
  readonly block_out_channels: readonly number[];
  /** The number of heads, for which diffusers has this name. */
  readonly attention_head_dim: number | readonly number[];
  readonly cross_attention_dim: number | readonly number[];
  /** Width of the input `timestep_cond`. Default: the UNet has none. */
  readonly time_cond_proj_dim: number | null | undefined;
  /** The version of diffusers that wrote the config. */
  readonly _diffusers_version: string | null | undefined;
}

/** The schema of each of them. */
export const unetFacts: { readonly [Name in keyof UNetFacts]: z.ZodType<UNetFacts[Name]> } = {
  in_channels: count(maxLatentChannels).default(4),
  out_channels: count(maxLatentChannels).default(4),
  sample_size: z
    .union([side, z.tuple([side, side])], {
      error: `expected a whole number from 1 to ${maxSide}, or two of them`,
    })
    .nullish(),
  block_out_channels: z
    .array(count(maxChannels))
    .min(1)
    .max(maxLevels)
    .default([320, 640, 1280, 1280]),
  attention_head_dim: perLevel(maxHeads).default(8),
  cross_attention_dim: perLevel(maxWidth).default(1280),
  time_cond_proj_dim: count(maxWidth).nullish(),
  _diffusers_version: z.string().nullish(),
};

const schema: z.ZodType<UNetFacts> = z.object(unetFacts);

/** Reads a parsed unet/config.json, of which a graph may do more or less. LOAD_FAILED names each field that is not sound. */
export function readUNetFacts(json: unknown): UNetFacts {
  return readConfig(schema, "the UNet", json);
}
