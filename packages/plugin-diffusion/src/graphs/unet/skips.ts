import type { UNetConfig, UNetLevel } from "../unet-config.ts";

/** Where the way up of a UNet joins one of its skips. */
export interface SkipPlace {
  readonly level: UNetLevel;
  /** The level's number, the finest first. */
  readonly depth: number;
  /** The layer of the level's block on the way up, from 0. */
  readonly layer: number;
}

/** The place of each skip, the finest first. The way up goes from the last one to the first. */
export function skipPlaces({ levels }: Pick<UNetConfig, "levels">): readonly SkipPlace[] {
  // A level has a skip for each layer, and one for the map that enters it.
  return levels.flatMap((level, depth) =>
    Array.from({ length: level.layers + 1 }, (_, i) => ({ level, depth, layer: level.layers - i })),
  );
}

/** Channels of the map that the way up brings to the skip of this number. */
export function channelsAt(config: Pick<UNetConfig, "levels">, skip: number): number {
  const places = skipPlaces(config);
  const { level, layer } = places[skip]!;
  if (layer > 0) return level.channels;
  return (places[skip + 1] ?? places.at(-1)!).level.channels;
}
