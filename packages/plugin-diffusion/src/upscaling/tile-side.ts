import type { Device, Graph } from "@kindred/core";

/** Sides of tiles, in pixels. Larger ones see less twice, and smaller ones end sooner when a request is aborted. */
const sides = [256, 192, 128, 96, 64];
/** Share of a device's memory that a tile may take. */
const share = 0.25;

/** The largest side of tiles that takes a quarter of the device's memory at most, by all that it has, or else the smallest. */
export function tileSide(graph: Graph, input: string, { bytes }: Device): number {
  const fits = (side: number) => graph.bytes({ [input]: [1, 3, side, side] }) <= share * bytes;
  return sides.find(fits) ?? sides.at(-1)!;
}
