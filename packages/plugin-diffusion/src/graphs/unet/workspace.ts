import type { Dims } from "@kindred/core";
import type { ControlNetConfig } from "../control-net-config.ts";
import type { UNetConfig } from "../unet-config.ts";
import { channelsAt, skipPlaces } from "./skips.ts";

interface Shape {
  readonly residuals: boolean;
  /** The skip at which the deep part gives its map. Default: it gives none. */
  readonly branch?: number | undefined;
}

/** Bytes of activations of one run, by the dims of `sample`. A UNet with residuals holds those of its skips besides. */
export function unetWorkspace(
  config: UNetConfig,
  { residuals, branch }: Shape,
): (dims: Dims) => number {
  const skips = (residuals ? 2 : 1) * skipChannels(config);
  const deep = branch === undefined ? 0 : deepChannels(config, branch);
  return bytesPerPixel(skips + deep + maps * config.levels[0]!.channels);
}

/** The same for its shallow part, which takes the map of the deep one. */
export function shallowWorkspace(
  config: UNetConfig,
  { residuals, branch }: Shape & { readonly branch: number },
): (dims: Dims) => number {
  const skips = (residuals ? 2 : 1) * skipChannels(config, branch + 1);
  const own = skips + deepChannels(config, branch);
  return bytesPerPixel(own + maps * config.levels[0]!.channels);
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

/** Channels of the skips that wait for the way up, from the finest on, per pixel of the finest level. Default: of all. */
function skipChannels(config: Pick<UNetConfig, "levels">, count?: number): number {
  const places = skipPlaces(config).slice(0, count);
  return places.reduce((sum, { level, depth }) => sum + level.channels / 4 ** depth, 0);
}

/** The same of the map that joins this skip. */
function deepChannels(config: Pick<UNetConfig, "levels">, branch: number): number {
  return channelsAt(config, branch) / 4 ** skipPlaces(config)[branch]!.depth;
}
