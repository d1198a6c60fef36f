import sharp from "sharp";
import { expect, test } from "vitest";
import { hasMorePages } from "../src/picture/tiff-pages.ts";

/** A TIFF of directories without entries, each of which leads to the next, and the last to `end`. */
function tiff(pages: number, end: number, big: boolean, little = true): Uint8Array {
  const length = big ? 16 : 6;
  const bytes = new Uint8Array(16 + pages * length);
  const view = new DataView(bytes.buffer);
  const put = (at: number, place: number) =>
    big ? view.setBigUint64(at, BigInt(place), little) : view.setUint32(at, place, little);
  bytes.set(little ? [0x49, 0x49] : [0x4d, 0x4d]);
  view.setUint16(2, big ? 43 : 42, little);
  put(big ? 8 : 4, 16);
  for (let page = 0; page < pages; page++) {
    const next = page + 1 < pages ? 16 + (page + 1) * length : end;
    put(16 + page * length + (big ? 8 : 2), next);
  }
  return bytes;
}

test.each([
  ["classic", false, true],
  ["classic, big-endian", false, false],
  ["BigTIFF", true, true],
] as const)("pages of a %s are counted up to the bound", (_, big, little) => {
  expect(hasMorePages(tiff(5, 0, big, little), 5)).toBe(false);
  expect(hasMorePages(tiff(6, 0, big, little), 5)).toBe(true);
});

test("a circle of pages has more than any bound, and a place outside the file ends them", () => {
  expect(hasMorePages(tiff(2, 16, false), 100)).toBe(true);
  expect(hasMorePages(tiff(2, 9_999, false), 100)).toBe(false);
  expect(hasMorePages(new Uint8Array(3), 100)).toBe(false);
});

test("a TIFF that sharp writes has one page", async () => {
  const create = { width: 4, height: 2, channels: 3, background: "red" } as const;
  const bytes = await sharp({ create }).tiff().toBuffer();
  expect([hasMorePages(bytes, 1), hasMorePages(bytes, 0)]).toEqual([false, true]);
});
