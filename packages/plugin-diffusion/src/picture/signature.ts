/** The formats of pictures that are read. */
type ReadFormat = "png" | "jpeg" | "webp" | "gif" | "tiff" | "avif";

/** The bytes of a file that are looked at. An SVG may begin with a comment. */
const signatureBytes = 1024;

const prefixes: readonly (readonly [format: string, ...beginnings: string[]])[] = [
  ["png", "\x89PNG\r\n\x1a\n"],
  ["jpeg", "\xff\xd8\xff"],
  ["gif", "GIF87a", "GIF89a"],
  ["tiff", "II*\0", "II+\0", "MM\0*", "MM\0+"],
  ["JPEG XL", "\xff\x0a", "\0\0\0\x0cJXL "],
  ["JPEG 2000", "\0\0\0\x0cjP  ", "\xff\x4f\xff\x51"],
  ["BMP", "BM"],
  ["an icon", "\0\0\x01\0"],
  ["PDF", "%PDF-"],
  ["ZIP", "PK\x03\x04"],
];

const patterns: readonly (readonly [format: string, pattern: RegExp])[] = [
  ["webp", /^RIFF.{4}WEBP/s],
  ["avif", /^.{4}ftyp.{0,200}?avi[fs]/s],
  ["HEIC", /^.{4}ftyp(?:hei|hev|mif|msf)/s],
  ["MP4", /^.{4}ftyp/s],
  ["SVG", /<svg[\s>]|<!DOCTYPE svg/i],
  ["XML", /^\s*<\?xml/],
  ["HTML", /^\s*<(?:!DOCTYPE html|html)/i],
];

const read: ReadonlySet<string> = new Set<ReadFormat>([
  "png",
  "jpeg",
  "webp",
  "gif",
  "tiff",
  "avif",
]);

/** The format that a file's first bytes tell; undefined for one that is not known. Names and stated types tell nothing. */
export function formatByBytes(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, signatureBytes)).toString("latin1");
  const found =
    prefixes.find(([, ...beginnings]) => beginnings.some((each) => start.startsWith(each))) ??
    patterns.find(([, pattern]) => pattern.test(start));
  return found?.[0];
}

export function isRead(format: string | undefined): format is ReadFormat {
  return format !== undefined && read.has(format);
}
