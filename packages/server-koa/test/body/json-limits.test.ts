import { expect, test } from "vitest";
import { exceedsJsonLimits } from "../../src/body/json-limits.ts";

test.each([
  ["backslashes", "\\".repeat(6_000_000)],
  ["escaped quotes", '\\"'.repeat(3_000_000)],
])("the loop turns while a string of %s is looked at", async (_, text) => {
  let turns = 0;
  let reading = true;
  const count = (): void => {
    turns += 1;
    if (reading) setImmediate(count);
  };
  setImmediate(count);
  expect(await exceedsJsonLimits(`["${text}"]`)).toBe(false);
  reading = false;
  expect(turns).toBeGreaterThanOrEqual(5);
});
