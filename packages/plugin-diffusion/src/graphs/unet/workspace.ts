import type { Dims } from "@kindred/core";
import type { ControlNetConfig } from "../control-net-config.ts";
import type { UNetConfig } from "../unet-config.ts";

/** Bytes of activations of one run, by the dims of `sample`. A UNet with residuals holds those of its skips besides. */
export function unetWorkspace(
  config: UNetConfig,
  { residuals }: { readonly residuals: boolean },
): (dims: Dims) => number {
  const skips = skipChannels(config);
  return bytesPerPixel(skips + (residuals ? skips : 0) + maps * config.levels[0]!.channels);
}

/** The same for a ControlNet. It gives as much as its skips hold, and has a few maps of the picture's own size. */
export function controlNetWorkspace(config: ControlNetConfig): (dims: Dims) => number {
  const { widths } = config.hint;
  const pixels = 4 ** (widths.length - 1);
  const hint = hintMaps * pixels * widths[0]!;
  return bytesPerPixel(2 * skipChannels(config) + maps * config.levels[0]!.channels + hint);
}

function bytesPerPixel(channels: number): (dims: Dims) => number {
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

/** Maps of the control picture's size that are alive at once. */
const hintMaps = 4;

/** Channels of the skips that wait for the way up, per pixel of the finest level. */
function skipChannels({ levels }: UNetConfig): number {
  return levels.reduce(
    (sum, { channels, layers }, i) => sum + (channels * (layers + 1)) / 4 ** i,
    0,
  );
}
