import sharp from "sharp";
import type { Pixels } from "../task.ts";
import type { DecodedPicture } from "./decode.ts";

/** White where a picture is wholly transparent, black elsewhere; undefined when it is so nowhere. */
export async function maskOfAlpha({ alpha, pixels }: DecodedPicture): Promise<Pixels | undefined> {
  if (!alpha) return undefined;
  const { width, height } = pixels;
  const grey = sharp(alpha, { raw: { width, height, channels: 1 } });
  // From 1 on it is white, and then black.
  const rgb = await grey.threshold(1).negate().toColourspace("srgb").raw().toBuffer();
  return unlessBlack({ rgb, width, height });
}

/** A picture's luminance (ITU-R BT.601) as a mask; undefined when it is black everywhere. */
export async function maskOfLuminance({ rgb, width, height }: Pixels): Promise<Pixels | undefined> {
  const raw = { width, height, channels: 3 } as const;
  const grey = sharp(rgb, { raw }).recomb([luminance, luminance, luminance]);
  return unlessBlack({ rgb: await grey.raw().toBuffer(), width, height });
}

const luminance: [number, number, number] = [0.299, 0.587, 0.114];

function unlessBlack(mask: Pixels): Pixels | undefined {
  return isBlack(mask.rgb) ? undefined : mask;
}

const black = new Uint8Array(65_536);

/** Compares stretches of memory, which takes milliseconds for a hundred megabytes. */
function isBlack(rgb: Uint8Array): boolean {
  for (let start = 0; start < rgb.length; start += black.length) {
    const stretch = rgb.subarray(start, start + black.length);
    if (Buffer.compare(stretch, black.subarray(0, stretch.length)) !== 0) return false;
  }
  return true;
}
