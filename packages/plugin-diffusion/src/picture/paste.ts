import { TimeSlice } from "@kindred/core";
import type { Pixels } from "../task.ts";
import type { Area } from "./area.ts";
import type { Region } from "./region.ts";

/** A picture with another one in a region of it, as far as an area of the picture's size lets it. */
export async function pasted(
  base: Pixels,
  drawn: Pixels,
  region: Region,
  area: Area,
): Promise<Pixels> {
  const rgb = Uint8Array.from(base.rgb);
  const slice = new TimeSlice();
  for (let y = 0; y < region.height; y++) {
    if (slice.isOver) await slice.next();
    const row = (region.top + y) * base.width + region.left;
    for (let x = 0; x < region.width; x++) {
      const share = area.shares[row + x]! / 255;
      if (share === 0) continue;
      for (let channel = 0; channel < 3; channel++) {
        const at = 3 * (row + x) + channel;
        const value = drawn.rgb[3 * (y * drawn.width + x) + channel]!;
        rgb[at] = Math.round(share * value + (1 - share) * rgb[at]!);
      }
    }
  }
  return { rgb, width: base.width, height: base.height };
}
