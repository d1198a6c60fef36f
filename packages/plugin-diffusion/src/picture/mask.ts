import sharp from "sharp";
import type { Pixels, Size } from "../task.ts";
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

async function unlessBlack(mask: Pixels): Promise<Pixels | undefined> {
  return (await isBlack(mask.rgb, mask)) ? undefined : mask;
}

async function isBlack(rgb: Uint8Array, { width, height }: Size): Promise<boolean> {
  const { channels } = await sharp(rgb, { raw: { width, height, channels: 3 } }).stats();
  return channels.every(({ max }) => max === 0);
}
