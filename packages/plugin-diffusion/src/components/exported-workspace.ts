import type { Dims } from "@kindred/core";

/** Feature maps of the finest level that are alive at once in a graph without fused operators. */
const maps = 40;

/**
 * Bytes of activations of one run of an exported UNet, by the dims of `sample`. Its attention holds its scores
 * [heads, pixels, pixels] in memory twice.
 */
export function exportedWorkspace(config: {
  readonly block_out_channels?: readonly number[];
  readonly attention_head_dim?: number | readonly number[];
}): (dims: Dims) => number {
  const [channels = 320] = config.block_out_channels ?? [];
  const [heads = 8] = [config.attention_head_dim ?? 8].flat();
  return ({ sample = [] }) => {
    const [batch = 1, , height = 0, width = 0] = sample;
    const pixels = height * width;
    return 4 * batch * pixels * (maps * channels + 2 * heads * pixels);
  };
}
