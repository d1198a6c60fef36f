import sharp from "sharp";
import type { Pixels, Size } from "../task.ts";

/** The same picture at another size, smoothly. */
export async function resize(pixels: Pixels, size: Size): Promise<Pixels> {
  const { rgb, width, height } = pixels;
  if (width === size.width && height === size.height) return pixels;
  const picture = sharp(rgb, { raw: { width, height, channels: 3 } });
  const data = await picture.resize(size.width, size.height, { fit: "fill" }).raw().toBuffer();
  return { rgb: data, width: size.width, height: size.height };
}
