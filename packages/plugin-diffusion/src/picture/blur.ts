import sharp from "sharp";
import type { Area } from "./area.ts";

/** An area whose edge is softened by a Gaussian of this deviation in pixels, off the event loop. */
export async function blurred(area: Area, deviation: number): Promise<Area> {
  if (deviation === 0) return area;
  const { shares, width, height } = area;
  const grey = sharp(shares, { raw: { width, height, channels: 1 } });
  const soft = grey.blur({ sigma: Math.max(deviation, leastDeviation), minAmplitude });
  return { shares: await soft.toColourspace("b-w").raw().toBuffer(), width, height };
}

/** The least that libvips takes. */
const leastDeviation = 0.3;
/** libvips cuts a Gaussian off where it falls below this share; its default of 0.2 leaves out a tenth of it. */
const minAmplitude = 0.01;
