import { expect, test } from "vitest";
import { parseSize } from "../src/size.ts";

test("sizes are decimal, or binary when they say so", () => {
  expect(parseSize("--memory", "8GB")).toBe(8e9);
  expect(parseSize("--memory", "1.5 gib")).toBe(1.5 * 2 ** 30);
  expect(parseSize("--memory", "4096")).toBe(4096);
});

test("a text that is not a size is refused", () => {
  for (const text of ["", "lots", "8XB", "-1GB", "0"]) {
    expect(() => parseSize("--file-limit", text), text).toThrow(
      `--file-limit must be a size such as 8GB or 512MiB, not "${text}".`,
    );
  }
});
