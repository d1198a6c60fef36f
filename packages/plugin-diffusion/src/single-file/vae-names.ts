import type { NameTable } from "./names.ts";
import type { Tensors } from "./renamed-tensors.ts";

/**
 * The names of an autoencoder. On the way up the original numbers its levels from the finest, diffusers from the
 * coarsest.
 */
export function vaeNames(tensors: Tensors): NameTable {
  const prefix = vaePrefixes.find((each) => tensors.has(`${each}decoder.conv_in.weight`)) ?? "vae.";
  let levels = 0;
  while (tensors.has(`${prefix}decoder.up.${levels}.block.0.conv1.weight`)) levels++;
  const up = (level: string | undefined) => `.up_blocks.${levels - 1 - Number(level)}`;
  return {
    prefix,
    own: /^(encoder|decoder|quant_conv|post_quant_conv)\./,
    rows: [
      [/\.norm_out\./, ".conv_norm_out."],
      [/\.mid\.block_1\./, ".mid_block.resnets.0."],
      [/\.mid\.block_2\./, ".mid_block.resnets.1."],
      [/\.mid\.attn_1\.norm\./, ".mid_block.attentions.0.group_norm."],
      [/\.mid\.attn_1\.([qkv])\./, ".mid_block.attentions.0.to_$1."],
      [/\.mid\.attn_1\.proj_out\./, ".mid_block.attentions.0.to_out.0."],
      [/\.down\.(\d+)\.block\./, ".down_blocks.$1.resnets."],
      [/\.down\.(\d+)\.downsample\./, ".down_blocks.$1.downsamplers.0."],
      [/\.up\.(\d+)\.block\./, (_, level) => `${up(level)}.resnets.`],
      [/\.up\.(\d+)\.upsample\./, (_, level) => `${up(level)}.upsamplers.0.`],
      [/\.nin_shortcut\./, ".conv_shortcut."],
    ],
  };
}

/** Prefixes that autoencoders have in files of the original layout. */
export const vaePrefixes: readonly string[] = ["first_stage_model.", "vae."];
