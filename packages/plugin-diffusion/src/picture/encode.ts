import sharp from "sharp";
import type { Pixels } from "../task.ts";
import { withText } from "./png-text.ts";

export type ImageFormat = "png" | "jpeg" | "webp";

export interface EncodeOptions {
  readonly format: ImageFormat;
  /** Quality of JPEG and WebP, from 0 to 100. Default 100. */
  readonly quality?: number | undefined;
  /** The text that a PNG keeps under "parameters". Default: none. */
  readonly parameters?: string | undefined;
}

/** Encodes pixels as a file, off the event loop. */
export async function encodePicture(
  { rgb, width, height }: Pixels,
  { format, quality = 100, parameters }: EncodeOptions,
): Promise<Uint8Array> {
  const raw = sharp(rgb, { raw: { width, height, channels: 3 } });
  const lossy = { quality: Math.max(1, quality) };
  if (format === "jpeg") return raw.jpeg({ ...lossy, chromaSubsampling: "4:4:4" }).toBuffer();
  if (format === "webp") return raw.webp(lossy).toBuffer();
  const png = await raw.png().toBuffer();
  return parameters === undefined ? png : withText(png, "parameters", parameters);
}
