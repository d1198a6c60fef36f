import sharp from "sharp";
import type { Pixels, Size } from "../task.ts";

/** Resizes a picture smoothly, off the event loop. Gives the same object when the size is the same. */
export async function resize(pixels: Pixels, size: Size): Promise<Pixels> {
  const { rgb, width, height } = pixels;
  if (width === size.width && height === size.height) return pixels;
  const picture = sharp(rgb, { raw: { width, height, channels: 3 } });
  const data = await picture.resize(size.width, size.height, { fit: "fill" }).raw().toBuffer();
  return { rgb: data, width: size.width, height: size.height };
}
