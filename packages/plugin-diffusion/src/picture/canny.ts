import { TimeSlice } from "@kindred/core";
import type { Pixels } from "../task.ts";

/** A difference of neighbouring pixels, the sum of both directions' absolutes, above which a pixel may be on an edge. */
const low = 100;
/** The same above which it surely is. */
const high = 200;

/** tan 22.5° in 15 binary places, as OpenCV has it. */
const places = 15;
const tan22 = Math.round(Math.tan(Math.PI / 8) * 2 ** places);

/** What a pixel is to an edge, if anything. */
const [candidate, edge] = [1, 2];
const white = 255;

/**
 * White edges on black by Canny's algorithm (IEEE PAMI 8, 1986), equal to OpenCV's `Canny(picture, 100, 200)`: Sobel's
 * differences of the channel that differs most, thinned along their direction, and followed from the sure ones. The event
 * loop turns meanwhile. ABORTED by the signal.
 */
export async function canny({ rgb, width, height }: Pixels, signal: AbortSignal): Promise<Pixels> {
  const slice = new TimeSlice(signal);
  const differences = differencesOf(width, height);
  for (let y = 0; y < height; y++) {
    if (slice.isOver) await slice.next();
    differRow(rgb, differences, y);
  }
  const kinds = new Uint8Array(width * height);
  const sure: number[] = [];
  for (let y = 0; y < height; y++) {
    if (slice.isOver) await slice.next();
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const size = differences.size[padded(width, x, y)]!;
      if (size <= low || !isRidge(differences, x, y)) continue;
      kinds[at] = size > high ? edge : candidate;
      if (size > high) sure.push(at);
    }
  }
  await follow(sure, kinds, width, slice);
  const drawn = new Uint8Array(3 * kinds.length);
  for (let y = 0; y < height; y++) {
    if (slice.isOver) await slice.next();
    for (let at = y * width; at < (y + 1) * width; at++)
      if (kinds[at] === edge) drawn.fill(white, 3 * at, 3 * at + 3);
  }
  return { rgb: drawn, width, height };
}

/** Differences of each pixel, across and down, of the channel where they are greatest. */
interface Differences {
  readonly width: number;
  readonly height: number;
  readonly across: Int16Array;
  readonly down: Int16Array;
  /** The sum of their absolutes, with a frame of one pixel of 0. */
  readonly size: Int16Array;
}

function differencesOf(width: number, height: number): Differences {
  const count = width * height;
  const size = new Int16Array((width + 2) * (height + 2));
  return { width, height, across: new Int16Array(count), down: new Int16Array(count), size };
}

/** The index of a pixel in a map with a frame of one pixel. */
function padded(width: number, x: number, y: number): number {
  return (y + 1) * (width + 2) + x + 1;
}

function differRow(rgb: Uint8Array, { width, height, across, down, size }: Differences, y: number) {
  const row = (each: number) => 3 * width * Math.min(Math.max(each, 0), height - 1);
  const [above, here, below] = [row(y - 1), row(y), row(y + 1)];
  for (let x = 0; x < width; x++) {
    const left = 3 * Math.max(x - 1, 0);
    const right = 3 * Math.min(x + 1, width - 1);
    const at = y * width + x;
    let most = -1;
    for (let channel = 0; channel < 3; channel++) {
      const value = (start: number, column: number) => rgb[start + column + channel]!;
      const dx =
        value(above, right) -
        value(above, left) +
        2 * (value(here, right) - value(here, left)) +
        value(below, right) -
        value(below, left);
      const dy =
        value(below, left) -
        value(above, left) +
        2 * (value(below, 3 * x) - value(above, 3 * x)) +
        value(below, right) -
        value(above, right);
      const sum = Math.abs(dx) + Math.abs(dy);
      if (sum <= most) continue;
      most = sum;
      across[at] = dx;
      down[at] = dy;
    }
    size[padded(width, x, y)] = most;
  }
}

/** Whether a pixel differs more than its two neighbours in the direction of its difference. */
function isRidge({ width, across, down, size }: Differences, x: number, y: number): boolean {
  const [dx, dy] = [across[y * width + x]!, down[y * width + x]!];
  const own = size[padded(width, x, y)]!;
  const at = (column: number, line: number) => size[padded(width, column, line)]!;
  const flat = Math.abs(dx) * tan22;
  const steepness = Math.abs(dy) * 2 ** places;
  if (steepness < flat) return own > at(x - 1, y) && own >= at(x + 1, y);
  if (steepness > flat + Math.abs(dx) * 2 ** (places + 1))
    return own > at(x, y - 1) && own >= at(x, y + 1);
  const side = dx < 0 !== dy < 0 ? -1 : 1;
  return own > at(x - side, y - 1) && own > at(x + side, y + 1);
}

/** Makes edges of the candidates that touch one, from the sure ones on. */
async function follow(found: number[], kinds: Uint8Array, width: number, slice: TimeSlice) {
  for (let at = found.pop(); at !== undefined; at = found.pop()) {
    if (slice.isOver) await slice.next();
    const x = at % width;
    for (const line of [-width, 0, width])
      for (let column = x === 0 ? 0 : -1; column <= (x === width - 1 ? 0 : 1); column++) {
        const next = at + line + column;
        if (kinds[next] !== candidate) continue;
        kinds[next] = edge;
        found.push(next);
      }
  }
}
