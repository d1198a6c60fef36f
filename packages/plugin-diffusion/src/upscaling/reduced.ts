import sharp from "sharp";
import type { Pixels, Size } from "../task.ts";

/** A picture made smaller by Lanczos in sharp's threads: what a network has enlarged is too large for the event loop. */
export async function reduced(pixels: Pixels, size: Size): Promise<Pixels> {
  const { rgb, width, height } = pixels;
  if (width === size.width && height === size.height) return pixels;
  const picture = sharp(rgb, { raw: { width, height, channels: 3 } });
  const data = await picture.resize(size.width, size.height, { fit: "fill" }).raw().toBuffer();
  return { rgb: data, width: size.width, height: size.height };
}
