import { throwIfAborted, TimeSlice } from "@kindred/core";
import type { Progress, Tensor } from "@kindred/core";
import type { Pixels, Size } from "../task.ts";
import { EnlargedPicture } from "./enlarged-picture.ts";
import { countOf, tileAt } from "./tiles.ts";
import type { Tile, Tiles } from "./tiles.ts";

export interface EnlargeOptions {
  /** The size before it is enlarged. */
  readonly size: Size;
  /** Times that the sides are enlarged. */
  readonly scale: number;
  readonly tiles: Tiles;
  /** Makes a tile of all that it sees, enlarged: [1, 3, height, width]. */
  readonly enlarge: (tile: Tile, slice: TimeSlice) => Promise<Tensor>;
  /** A tile's value as one from 0 to 1. Default: it is one. */
  readonly shareOf?: (value: number) => number;
  /** Hears of each tile. */
  readonly onTile?: ((progress: Progress) => void) | undefined;
}

/** Makes a picture of its tiles, one after the other. ABORTED between two of them; rejects as `enlarge` does. */
export async function enlargeInTiles(
  { size, scale, tiles, enlarge, shareOf = (value) => value, onTile }: EnlargeOptions,
  signal: AbortSignal,
): Promise<Pixels> {
  const slice = new TimeSlice(signal);
  const picture = new EnlargedPicture(size, scale, shareOf);
  const total = countOf(tiles);
  let done = 0;
  for (const row of tiles.rows) {
    for (const column of tiles.columns) {
      throwIfAborted(signal);
      await picture.putTile(column, await enlarge(tileAt(column, row), slice), slice);
      onTile?.({ done: ++done, total });
    }
    await picture.putRow(row, slice);
  }
  return picture.pixels;
}
