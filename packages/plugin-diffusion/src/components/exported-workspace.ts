import type { Dims } from "@kindred/core";
import type { UNetFacts } from "../graphs/unet-facts.ts";

/** Feature maps of the finest level that are alive at once in a graph without fused operators. */
const maps = 40;

/**
 * Bytes of activations of one run of an exported UNet, by the dims of `sample`. Its attention holds its scores
 * [heads, pixels, pixels] in memory twice.
 */
export function exportedWorkspace({
  block_out_channels: [channels = 320],
  attention_head_dim: dim,
}: UNetFacts): (dims: Dims) => number {
  const [heads = 8] = [dim].flat();
  return ({ sample = [] }) => {
    const [batch = 1, , height = 0, width = 0] = sample;
    const pixels = height * width;
    return 4 * batch * pixels * (maps * channels + 2 * heads * pixels);
  };
}
