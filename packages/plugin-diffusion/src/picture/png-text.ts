import { crc32 } from "node:zlib";

/** The signature and the IHDR chunk, which is first by the format's rule. */
const AFTER_HEADER = 8 + 25;

/** A PNG with a text in it (tEXt, or iTXt where it is beyond ASCII, which not all readers take for Latin-1), behind the header where readers look first. */
export function withText(png: Uint8Array, keyword: string, text: string): Uint8Array {
  const isAscii = /^[\0-\x7f]*$/.test(text);
  const chunk = isAscii
    ? chunkOf("tEXt", Buffer.from(`${keyword}\0${text}`, "latin1"))
    : chunkOf(
        "iTXt",
        Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, "latin1"), Buffer.from(text)]),
      );
  return Buffer.concat([png.subarray(0, AFTER_HEADER), chunk, png.subarray(AFTER_HEADER)]);
}

/** Length, type, content, checksum of the latter two. */
function chunkOf(type: string, content: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(12 + content.length);
  chunk.writeUInt32BE(content.length, 0);
  chunk.write(type, 4, "latin1");
  chunk.set(content, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + content.length)), 8 + content.length);
  return chunk;
}
