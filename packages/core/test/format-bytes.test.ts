import { expect, test } from "vitest";
import { formatBytes } from "../src/format-bytes.ts";

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [48_000, "48 KB"],
  [130_400_000, "130 MB"],
  [999_950_000, "1 GB"],
  [1_400_000_000, "1.4 GB"],
  [8_040_000_000, "8.04 GB"],
  [25e15, "25000 TB"],
])("%d is %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
