import type { Dims } from "@kindred/core";
import type { UNetConfig } from "../unet-config.ts";

/** Bytes of activations of one run, by the dims of `sample`. */
export function unetWorkspace(config: UNetConfig): (dims: Dims) => number {
  const channels = skipChannels(config) + maps * config.levels[0]!.channels;
  return ({ sample = [] }) => {
    const [batch = 1, , height = 0, width = 0] = sample;
    return 4 * batch * height * width * channels;
  };
}

/**
 * Feature maps of the finest level that are alive at once, mostly those of its feed-forward: 13 as measured at 64×64 and
 * 96×96, and the arena's loss.
 */
const maps = 20;

/** Channels of the skips that wait for the way up, per pixel of the finest level. */
function skipChannels({ levels }: UNetConfig): number {
  return levels.reduce(
    (sum, { channels, layers }, i) => sum + (channels * (layers + 1)) / 4 ** i,
    0,
  );
}
