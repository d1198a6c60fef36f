import type { Progress } from "@kindred/core";
import { expect, test } from "vitest";
import type { Pixels } from "../../src/index.ts";
import { standInUpscaler } from "./stand-in-upscaler.ts";

const { signal } = new AbortController();

/** A picture of which every pixel has another colour. */
function picture(width: number, height: number): Pixels {
  const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 2_654_435_761) >>> 24);
  return { rgb, width, height };
}

/** Every pixel as often as `factor` says, along both sides. */
function repeated({ rgb, width, height }: Pixels, factor: number): Uint8Array {
  const wide = factor * width;
  return Uint8Array.from({ length: 3 * wide * factor * height }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % wide, Math.floor(i / 3 / wide)];
    return rgb[3 * (Math.floor(y / factor) * width + Math.floor(x / factor)) + (i % 3)]!;
  });
}

test.each([
  [5, 3, 1],
  [150, 70, 8],
  [64, 64, 1],
  [131, 200, 24],
])(
  "a picture of %ix%i is put together of %i tiles, every pixel at its place",
  async (width, height, tiles) => {
    // A fourth of it holds tiles of 64 pixels alone.
    const { upscaler, runs } = standInUpscaler({ bytes: 4 * 1000 * 64 ** 2 });
    const image = picture(width, height);
    const events: Progress[] = [];
    const found = await upscaler.enlarge(image, 4, signal, (event) => events.push(event));
    expect([found.width, found.height]).toEqual([4 * width, 4 * height]);
    expect(Buffer.compare(found.rgb, repeated(image, 4))).toBe(0);
    expect(upscaler.tiles(image)).toBe(tiles);
    expect(new Set(runs.map(String)).size).toBe(1);
    expect(events).toEqual(
      Array.from({ length: tiles }, (_, i) => ({ done: i + 1, total: tiles })),
    );
  },
);

test("what a run gets wrong at its edges is not kept where the picture goes on", async () => {
  const { upscaler } = standInUpscaler({
    bytes: 4 * 1000 * 64 ** 2,
    error: (fromEdge) => (fromEdge < 8 ? 1 : 0),
  });
  const grey = { rgb: new Uint8Array(3 * 150 * 150).fill(100), width: 150, height: 150 };
  const { rgb, width } = await upscaler.enlarge(grey, 4, signal);
  const border = 4 * 8;
  for (let y = border; y < width - border; y++) {
    const row = rgb.subarray(3 * (y * width + border), 3 * ((y + 1) * width - border));
    expect(row.every((value) => value === 100)).toBe(true);
  }
});

test("where neighbours differ they fade into each other: no step is as high as their difference", async () => {
  let run = 0;
  const levels = { error: () => (run % 2 === 0 ? 0 : 0.2) };
  const { upscaler } = standInUpscaler({ bytes: 4 * 1000 * 64 ** 2, ...levels });
  const grey = { rgb: new Uint8Array(3 * 96 * 64).fill(100), width: 96, height: 64 };
  const { rgb, width } = await upscaler.enlarge(grey, 4, signal, () => run++);
  const steps = Array.from({ length: width - 1 }, (_, x) => rgb[3 * (x + 1)]! - rgb[3 * x]!);
  expect(rgb[3 * (width - 1)]! - rgb[0]!).toBe(51);
  expect(Math.max(...steps)).toBeLessThanOrEqual(1);
});

test("a smaller scale than the network's is made of its enlargement", async () => {
  const { upscaler } = standInUpscaler();
  const grey = { rgb: new Uint8Array(3 * 9 * 7).fill(80), width: 9, height: 7 };
  expect(await upscaler.enlarge(grey, 2, signal)).toEqual({
    rgb: Buffer.alloc(3 * 18 * 14, 80),
    width: 18,
    height: 14,
  });
  expect(await upscaler.enlarge(grey, 1.5, signal)).toMatchObject({ width: 14, height: 11 });
});

test("sides that the network does not take are mirrored, and cut off what comes of it", async () => {
  const { upscaler, runs } = standInUpscaler({ factor: 2, multiple: 4 });
  const image = picture(5, 2);
  const found = await upscaler.enlarge(image, 2, signal);
  expect(runs).toEqual([[1, 3, 4, 8]]);
  expect([...found.rgb]).toEqual([...repeated(image, 2)]);
});

test.each([
  [1, 8],
  [2, 6],
  [4, 5],
])("an ONNX file's network of %i takes a side of 5 pixels as %i", async (factor, side) => {
  const unknown = { scale: undefined, multiple: undefined };
  const { upscaler, runs } = standInUpscaler({ factor, ...unknown });
  const image = picture(5, 5);
  const found = await upscaler.enlarge(image, factor, signal);
  expect(runs.at(-1)).toEqual([1, 3, side, side]);
  expect([...found.rgb]).toEqual([...repeated(image, factor)]);
});

test.each([
  [1e9, 256],
  [4 * 1000 * 256 ** 2, 256],
  [4 * 1000 * 256 ** 2 - 1, 192],
  [4 * 1000 * 100 ** 2, 96],
  [1, 64],
])("on a device of %i bytes a tile has sides of %i pixels at most", async (bytes, side) => {
  const { upscaler } = standInUpscaler({ bytes });
  expect(upscaler.tiles({ width: side, height: side })).toBe(1);
  expect(upscaler.tiles({ width: side + 1, height: side })).toBe(2);
});

test("a request is aborted between two tiles", async () => {
  const { upscaler, runs } = standInUpscaler({ bytes: 1 });
  const controller = new AbortController();
  const asked = upscaler.enlarge(picture(200, 200), 4, controller.signal, ({ done }) => {
    if (done === 2) controller.abort();
  });
  await expect(asked).rejects.toMatchObject({ code: "ABORTED" });
  expect(runs).toHaveLength(2);
});

test("a scale that a file does not say is measured once", async () => {
  const { upscaler, runs } = standInUpscaler({ factor: 3, scale: undefined });
  expect(upscaler.scale).toBeUndefined();
  expect(await upscaler.measure(signal)).toBe(3);
  expect(upscaler.scale).toBe(3);
  await upscaler.enlarge(picture(5, 5), 3, signal);
  expect(runs).toEqual([
    [1, 3, 16, 16],
    [1, 3, 5, 5],
  ]);
});

test("a network that does not enlarge by a whole number, or by another than its file says, is GRAPH_FAILED", async () => {
  const half = standInUpscaler({ factor: 0.5, scale: undefined });
  await expect(half.upscaler.measure(signal)).rejects.toMatchObject({
    code: "GRAPH_FAILED",
    message: expect.stringMatching(/\[1, 3, 8, 8\] of 16x16 pixels/),
  });
  const other = standInUpscaler({ factor: 2, scale: 4 });
  await expect(other.upscaler.enlarge(picture(5, 5), 4, signal)).rejects.toMatchObject({
    code: "GRAPH_FAILED",
    message: expect.stringMatching(/\[1, 3, 10, 10\], and float32 \[1, 3, 20, 20\] was due/),
  });
});
