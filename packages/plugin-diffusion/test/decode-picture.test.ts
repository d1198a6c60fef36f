import sharp from "sharp";
import type { Sharp } from "sharp";
import { expect, test } from "vitest";
import { decodePicture } from "../src/picture/decode.ts";
import { uploadDefaults } from "../src/picture/upload-limits.ts";

const size = { width: 4, height: 2 };
const ochre = { r: 200, g: 100, b: 50 };
const solid = (alpha?: number): Sharp =>
  alpha === undefined
    ? sharp({ create: { ...size, channels: 3, background: ochre } })
    : sharp({ create: { ...size, channels: 4, background: { ...ochre, alpha } } });

const decode = async (bytes: Uint8Array | string, limits = {}) => {
  const file = new Blob([bytes as BlobPart]);
  const { pixels, alpha } = await decodePicture(file, "image", { ...uploadDefaults, ...limits });
  return { ...pixels, alpha };
};
const blue = { create: { ...size, channels: 3, background: "blue" } } as const;
const png = (picture: Sharp) => picture.png().toBuffer();

const lossless: readonly (readonly [string, () => Promise<Buffer>])[] = [
  ["png", () => png(solid())],
  ["png of 16 bits", () => png(solid().toColourspace("rgb16"))],
  ["png with a palette", () => solid().png({ palette: true }).toBuffer()],
  ["jpeg", () => solid().jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer()],
  ["webp", () => solid().webp({ lossless: true }).toBuffer()],
  ["gif", () => solid().gif().toBuffer()],
  ["tiff", () => solid().tiff({ compression: "lzw" }).toBuffer()],
  ["tiff in floats", () => solid().toColourspace("scrgb").tiff().toBuffer()],
];

test.each(lossless)("a %s has its colours", async (_, make) => {
  const { rgb, alpha, ...found } = await decode(await make());
  expect(found).toEqual(size);
  expect([...rgb]).toEqual(Array(8).fill([200, 100, 50]).flat());
  if (alpha) expect(new Set(alpha)).toEqual(new Set([255]));
});

test.each([
  ["cmyk jpeg", () => solid().toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer()],
  ["avif", () => solid().resize(64, 32).avif({ quality: 100 }).toBuffer()],
])("a %s has nearly its colours", async (_, make) => {
  const { rgb } = await decode(await make());
  for (const [i, value] of [200, 100, 50].entries()) {
    expect(Math.abs(rgb[i]! - value)).toBeLessThan(30);
  }
});

test.each(["b-w", "grey16"] as const)("a png in %s has three channels", async (space) => {
  const grey = sharp({ create: { ...size, channels: 3, background: "#808080" } });
  const { rgb } = await decode(await png(grey.toColourspace(space)));
  expect([...rgb]).toEqual(Array(24).fill(128));
});

test("opacity is kept apart from the colours under it", async () => {
  const { rgb, alpha } = await decode(await png(solid(0)));
  expect([...rgb.subarray(0, 3)]).toEqual([200, 100, 50]);
  expect([...alpha!]).toEqual(Array(8).fill(0));
});

test("a picture is upright by its EXIF orientation", async () => {
  const left = Buffer.concat([Buffer.alloc(12, 255), Buffer.alloc(12, 0)]);
  const raw = sharp(left, { raw: { width: 2, height: 4, channels: 3 } });
  const lying = await raw.withMetadata({ orientation: 6 }).tiff().toBuffer();
  const { rgb, width, height } = await decode(lying);
  expect([width, height]).toEqual([4, 2]);
  // The upper half has become the right one.
  expect([rgb[0], rgb[9]]).toEqual([0, 255]);
});

test("of a moving gif and of a tiff of several pages the first picture is read", async () => {
  const both = [await png(solid()), await png(sharp(blue))];
  const gif = await sharp(both, { join: { animated: true } })
    .gif()
    .toBuffer();
  const { rgb, height } = await decode(gif);
  expect([height, ...rgb.subarray(0, 3)]).toEqual([2, 200, 100, 50]);
});

const { maxUploadBytes, maxUploadPixels } = uploadDefaults;
const refusals: readonly (readonly [string, () => unknown, RegExp, object?])[] = [
  ["no bytes", () => "", /^image is empty/],
  ["a text", () => "a fox", /^image is no picture that is known; png, jpeg, webp, avif, gif/],
  ["an svg", () => '<?xml version="1.0"?><svg xmlns="…"/>', /^image is SVG; png/],
  [
    "an svg behind a comment",
    () => `<!-- ${"-".repeat(500)} --><svg width="1" height="1"/>`,
    /^image is SVG/,
  ],
  ["a pdf", () => "%PDF-1.7", /^image is PDF/],
  ["a zip", () => "PK\x03\x04", /^image is ZIP/],
  ["heic", () => "\0\0\0\x18ftypheic\0\0\0\0mif1heic", /^image is HEIC/],
  ["an empty png", () => "\x89PNG\r\n\x1a\n", /^image cannot be decoded|is no picture/],
  [
    "more bytes than are taken",
    () => png(solid()),
    /^image has \d+ bytes, and at most 20/,
    { maxUploadBytes: 20 },
  ],
  [
    "more pixels than are taken",
    () => png(solid()),
    /^image has 8 pixels \(4x2\), and at most 7/,
    { maxUploadPixels: 7 },
  ],
];

const withLimits = refusals.map(([name, make, message, limits = {}]) => ({
  name,
  make,
  message,
  limits,
}));

test.each(withLimits)("$name is refused", async ({ make, message, limits }) => {
  const refused = decode((await make()) as string, limits);
  await expect(refused).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: "image",
    message: expect.stringMatching(message),
  });
  expect([maxUploadBytes, maxUploadPixels]).toEqual([50_000_000, 33_554_432]);
});

test("a picture at its limits is read", async () => {
  const bytes = await png(solid());
  const { width } = await decode(bytes, { maxUploadPixels: 8, maxUploadBytes: bytes.length });
  expect(width).toBe(4);
});

const noise = () =>
  sharp({
    create: {
      width: 90,
      height: 60,
      channels: 3,
      background: "red",
      noise: { type: "gaussian", mean: 128, sigma: 40 },
    },
  });

test.each(["png", "jpeg", "webp", "gif", "tiff", "avif"] as const)(
  "a %s that is cut off is refused, wherever it is cut",
  async (format) => {
    const whole = await noise()[format]().toBuffer();
    await expect(decode(whole)).resolves.toMatchObject({ width: 90 });
    for (const share of [0.02, 0.3, 0.6, 0.9, 0.99]) {
      const cut = decode(whole.subarray(0, Math.floor(whole.length * share)));
      await expect(cut, `${share}`).rejects.toMatchObject({
        code: "INVALID_INPUT",
        param: "image",
      });
    }
  },
);

test("decodings wait for each other and all end, also behind one that fails", async () => {
  const bytes = await png(noise());
  const all = await Promise.allSettled(
    Array.from({ length: 40 }, (_, i) => decode(i % 3 === 0 ? "broken" : bytes)),
  );
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(26);
});
