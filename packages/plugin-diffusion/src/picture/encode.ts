import sharp from "sharp";
import type { Pixels } from "../task.ts";
import { withText } from "./png-text.ts";

export type ImageFormat = "png" | "jpeg" | "webp";

export interface EncodeOptions {
  readonly format: ImageFormat;
  /** Quality of JPEG and WebP, from 0 to 100. Default 100. */
  readonly quality?: number | undefined;
  /** The opacity of each pixel, row by row, from 0 to 255. JPEG leaves it out. Default: it is opaque. */
  readonly alpha?: Uint8Array | undefined;
  /** The text that a PNG keeps under "parameters". Default: none. */
  readonly parameters?: string | undefined;
}

/** Encodes pixels as a file, off the event loop. */
export async function encodePicture(
  { rgb, width, height }: Pixels,
  { format, quality = 100, alpha, parameters }: EncodeOptions,
): Promise<Uint8Array> {
  const opaque = sharp(rgb, { raw: { width, height, channels: 3 } });
  const lossy = { quality: Math.max(1, quality) };
  if (format === "jpeg") return opaque.jpeg({ ...lossy, chromaSubsampling: "4:4:4" }).toBuffer();
  const raw = alpha
    ? opaque.joinChannel(Buffer.from(alpha.buffer, alpha.byteOffset, alpha.length), {
        raw: { width, height, channels: 1 },
      })
    : opaque;
  if (format === "webp") return raw.webp(lossy).toBuffer();
  const png = await raw.png().toBuffer();
  return parameters === undefined ? png : withText(png, "parameters", parameters);
}
