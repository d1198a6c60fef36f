import { expect, test } from "vitest";
import { parsePictureLimits } from "../src/picture-limits.ts";

test("limits are numbers, and those that are not given are left out", () => {
  expect(parsePictureLimits({})).toEqual({});
  expect(parsePictureLimits({ "max-side": "1024" })).toEqual({ maxSide: 1024 });
  expect(parsePictureLimits({ "max-pixel-steps": "1e9" })).toEqual({ maxPixelSteps: 1e9 });
  const uploads = { "max-upload-pixels": "1e6", "max-upload-bytes": "1e7" };
  expect(parsePictureLimits(uploads)).toEqual({ maxUploadPixels: 1e6, maxUploadBytes: 1e7 });
  expect(parsePictureLimits({ "max-upscaled-pixels": "1e6" })).toEqual({ maxUpscaledPixels: 1e6 });
});

test.each(["", "0", "-1", "many", "NaN"])("a limit of %j is refused", (text) => {
  expect(() => parsePictureLimits({ "max-side": text })).toThrow(
    `--max-side must be a number above 0, such as 2048 or 1e9, not "${text}".`,
  );
});
