import { expect, test } from "vitest";
import { parseMemory } from "../src/memory.ts";

test("sizes are decimal, or binary when they say so", () => {
  expect(parseMemory("8GB")).toBe(8e9);
  expect(parseMemory("1.5 gib")).toBe(1.5 * 2 ** 30);
  expect(parseMemory("4096")).toBe(4096);
});

test("what is no size is refused", () => {
  for (const text of ["", "lots", "8XB", "-1GB", "0"]) {
    expect(() => parseMemory(text), text).toThrow(/takes a size/);
  }
});
