import { expect, test } from "vitest";
import { parseKeepAlive } from "../src/keep-alive.ts";

test.each([
  [0, 0],
  [300, 300],
  ["300", 300],
  ["5m", 300],
  ["1h30m", 5400],
  ["500ms", 0.5],
  [" 10s ", 10],
  [-1, Infinity],
  ["-1", Infinity],
  ["-1m", Infinity],
])("%j is %d seconds", (value, seconds) => {
  expect(parseKeepAlive(value)).toBe(seconds);
});

const deep: unknown = JSON.parse("[".repeat(50_000) + "]".repeat(50_000));

test("lists too deep to be told are refused by name", () => {
  expect(() => parseKeepAlive(deep)).toThrow("not a list.");
});

test.each(["", "5 m", "m", "5d", "1e3", NaN, null, true, [5]])("%j is refused by name", (value) => {
  expect(() => parseKeepAlive(value)).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT", param: "keep_alive" }),
  );
});
