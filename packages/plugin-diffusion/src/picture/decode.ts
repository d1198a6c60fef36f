import { KernelError, reached } from "@kindred/core";
import sharp from "sharp";
import type { Metadata, Sharp, SharpOptions } from "sharp";
import { numeral } from "../request/numeral.ts";
import { sizeText } from "../request/size.ts";
import type { Pixels, Size } from "../task.ts";
import { atMost } from "./at-most.ts";
import { formatByBytes, isRead } from "./signature.ts";
import { hasMorePages } from "./tiff-pages.ts";
import type { UploadLimits } from "./upload-limits.ts";

/** A decoded picture. */
export interface DecodedPicture {
  readonly pixels: Pixels;
  /** The opacity of each pixel, row by row, from 0 to 255; undefined when the file has none. */
  readonly alpha: Uint8Array | undefined;
}

/** Bounds of a picture that is one of several. */
export interface PictureBounds extends UploadLimits {
  /** Pixels of those before it, which count with its own. Default 0. */
  readonly pixelsBefore?: number;
}

/** Decoding takes threads that files are read by as well: two of libuv's four are left. */
const decoding = atMost(2);
/** Pages of a TIFF. */
const maxPages = 100;
/** Seconds after which a decoding is given up. */
const maxSeconds = 20;

/**
 * Decodes a file's first picture, off the event loop: upright by its EXIF orientation, in sRGB by its profile, 8 bits a channel.
 * INVALID_INPUT on `param` for a file that is too large, in another format, broken or cut off. Nothing is decoded of a
 * picture with too many pixels.
 */
export async function decodePicture(
  file: Blob,
  param: string,
  limits: PictureBounds,
): Promise<DecodedPicture> {
  const refuse = (message: string, cause?: unknown): KernelError =>
    new KernelError("INVALID_INPUT", `${param} ${message}`, { param, cause });
  const refuseBeyond = (bound: string, message: string): KernelError => {
    reached(bound);
    return refuse(message);
  };
  const { maxUploadBytes } = limits;
  if (file.size === 0) throw refuse("is empty. Send a picture's file.");
  if (file.size > maxUploadBytes) {
    throw refuseBeyond(
      "maxUploadBytes",
      `has ${numeral(file.size)} bytes, and at most ${numeral(maxUploadBytes)} are taken (maxUploadBytes). Send a smaller file.`,
    );
  }
  return decoding(async () => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const format = formatByBytes(bytes);
    if (!isRead(format)) throw refuse(unreadable(format));
    if (format === "tiff" && hasMorePages(bytes, maxPages)) {
      throw refuseBeyond(
        "upload.pages",
        `is a TIFF of more than ${maxPages} pages. Send the page that is meant.`,
      );
    }
    try {
      return await decoded(bytes, limits, refuseBeyond);
    } catch (cause) {
      if (cause instanceof KernelError) throw cause;
      throw refuse(
        `cannot be decoded as ${format}: its file is broken or cut off. Send it again.`,
        cause,
      );
    }
  });
}

async function decoded(
  bytes: Uint8Array,
  { maxUploadPixels, pixelsBefore = 0 }: PictureBounds,
  refuseBeyond: (bound: string, message: string) => KernelError,
): Promise<DecodedPicture> {
  const options: SharpOptions = { failOn: "error", limitInputPixels: false };
  const facts = await sharp(bytes, options).metadata();
  const pixels = facts.width * facts.height;
  if (pixelsBefore + pixels > maxUploadPixels) {
    const before = pixelsBefore > 0 ? `, the pictures before it ${numeral(pixelsBefore)}` : "";
    throw refuseBeyond(
      "maxUploadPixels",
      `has ${numeral(pixels)} pixels (${sizeText(facts)})${before}, and at most ${numeral(maxUploadPixels)} are taken (maxUploadPixels). Send a smaller picture.`,
    );
  }
  const upright = sharp(bytes, { ...options, limitInputPixels: maxUploadPixels, autoOrient: true });
  const { data, info } = await upright
    .timeout({ seconds: maxSeconds })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return apart(data, { width: info.width, height: info.height }, facts);
}

/** Colours and opacity in buffers of their own. */
async function apart(
  data: Uint8Array,
  size: Size,
  { hasAlpha }: Metadata,
): Promise<DecodedPicture> {
  if (!hasAlpha) return { pixels: { ...size, rgb: data }, alpha: undefined };
  const raw = (): Sharp => sharp(data, { raw: { ...size, channels: 4 } });
  const [rgb, alpha] = await Promise.all([
    raw().removeAlpha().raw().toBuffer(),
    raw().extractChannel("alpha").raw().toBuffer(),
  ]);
  return { pixels: { ...size, rgb }, alpha };
}

function unreadable(format: string | undefined): string {
  const found = format === undefined ? "is no picture that is known" : `is ${format}`;
  return `${found}; png, jpeg, webp, avif, gif and tiff are read. Send one of these.`;
}
