import type { Region } from "../picture/region.ts";
import type { Size } from "../task.ts";

/** The tiles of a picture: each column and each row of them is a stretch of its width and height. All stretches of one side are as long. */
export interface Tiles {
  readonly columns: readonly Stretch[];
  readonly rows: readonly Stretch[];
}

/** The part of a picture's side that a run sees, and the part of that which is kept, in pixels. */
export interface Stretch {
  /** The first pixel that is seen. */
  readonly start: number;
  /** Pixels that are seen. They may reach beyond the picture's end, by less than the network's multiple. */
  readonly length: number;
  /** The kept part begins here, and takes over from the stretch before until `full`. */
  readonly from: number;
  readonly full: number;
  /** The kept part ends here. */
  readonly end: number;
  /** The part that belongs to no other stretch, up to its end without it. Stretches share what they fade into each other in halves. */
  readonly own: { readonly start: number; readonly end: number };
}

export interface TileOptions {
  /** Pixels of the longest side that a run sees, a multiple of `multiple`. */
  readonly side: number;
  /** Half the pixels that neighbours both see, at least. */
  readonly overlap: number;
  /** Divisor of the starts and lengths of all stretches. */
  readonly multiple: number;
}

/** Divides a picture into the fewest tiles. */
export function tilesOf({ width, height }: Size, options: TileOptions): Tiles {
  return { columns: stretchesOf(width, options), rows: stretchesOf(height, options) };
}

export function countOf({ columns, rows }: Tiles): number {
  return columns.length * rows.length;
}

/** Two regions of a picture. */
export interface Tile {
  /** What the tile's run sees. */
  readonly seen: Region;
  /** The part of it that is no other tile's. These make up the picture. */
  readonly own: Region;
}

export function tileAt(column: Stretch, row: Stretch): Tile {
  return {
    seen: { left: column.start, top: row.start, width: column.length, height: row.length },
    own: {
      left: column.own.start,
      top: row.own.start,
      width: column.own.end - column.own.start,
      height: row.own.end - row.own.start,
    },
  };
}

function stretchesOf(side: number, options: TileOptions): readonly Stretch[] {
  const { multiple } = options;
  const units = Math.ceil(side / multiple);
  const longest = options.side / multiple;
  const both = 2 * Math.ceil(options.overlap / multiple);
  const count = units <= longest ? 1 : Math.ceil((units - both) / (longest - both));
  const length = multiple * Math.ceil((units + both * (count - 1)) / count);
  const last = multiple * units - length;
  const starts = Array.from({ length: count }, (_, i) =>
    i === 0 ? 0 : multiple * Math.round((i * last) / (count - 1) / multiple),
  );
  const bounds = starts.map((start, i) =>
    i === 0 ? { from: 0, full: 0 } : takeover(start, starts[i - 1]! + length),
  );
  return starts.map((start, i) => ({
    start,
    length,
    ...bounds[i]!,
    end: bounds[i + 1]?.full ?? side,
    own: { start: middleOf(bounds[i]!), end: bounds[i + 1] ? middleOf(bounds[i + 1]!) : side },
  }));
}

/** The middle half of what two neighbours see. Their own edges, where a network knows the least, are not kept. */
function takeover(start: number, end: number): Pick<Stretch, "from" | "full"> {
  const quarter = Math.floor((end - start) / 4);
  return { from: start + quarter, full: end - quarter };
}

function middleOf({ from, full }: Pick<Stretch, "from" | "full">): number {
  return Math.floor((from + full) / 2);
}
