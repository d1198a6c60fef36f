import { crc32 } from "node:zlib";

/** Bytes of the signature and the IHDR chunk, which the format puts first. */
const headerBytes = 8 + 25;

/**
 * Adds a text to a PNG, behind the header, where readers look first. ASCII is a tEXt chunk. Other text is an iTXt chunk, as
 * some readers do not take tEXt for Latin-1.
 */
export function withText(png: Uint8Array, keyword: string, text: string): Uint8Array {
  const isAscii = /^[\0-\x7f]*$/.test(text);
  const chunk = isAscii
    ? chunkOf("tEXt", Buffer.from(`${keyword}\0${text}`, "latin1"))
    : chunkOf(
        "iTXt",
        Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, "latin1"), Buffer.from(text)]),
      );
  return Buffer.concat([png.subarray(0, headerBytes), chunk, png.subarray(headerBytes)]);
}

/** A chunk: length, type, content, and the checksum of type and content. */
function chunkOf(type: string, content: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(12 + content.length);
  chunk.writeUInt32BE(content.length, 0);
  chunk.write(type, 4, "latin1");
  chunk.set(content, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + content.length)), 8 + content.length);
  return chunk;
}
