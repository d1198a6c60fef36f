import sharp from "sharp";
import type { Pixels } from "../task.ts";

/** The same picture at another size, smoothly. */
export async function enlarge(
  { rgb, width, height }: Pixels,
  size: { readonly width: number; readonly height: number },
): Promise<Pixels> {
  const picture = sharp(rgb, { raw: { width, height, channels: 3 } });
  const data = await picture.resize(size.width, size.height, { fit: "fill" }).raw().toBuffer();
  return { rgb: data, width: size.width, height: size.height };
}
