import sharp from "sharp";
import type { Area } from "./area.ts";

/** An area whose edge is softened by a Gaussian of this deviation in pixels, off the event loop. */
export async function blurred(area: Area, deviation: number): Promise<Area> {
  if (deviation === 0) return area;
  const { shares, width, height } = area;
  const grey = sharp(shares, { raw: { width, height, channels: 1 } });
  const data = await grey
    .blur(Math.max(deviation, leastDeviation))
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  return { shares: data, width, height };
}

/** The least that libvips takes. */
const leastDeviation = 0.3;
