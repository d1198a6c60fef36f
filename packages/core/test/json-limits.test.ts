import { expect, test } from "vitest";
import { countJson } from "../src/json-limits.ts";
import type { JsonLimits, JsonParts } from "../src/json-limits.ts";

const limits: JsonLimits = { maxBrackets: 3, maxKeys: 3, maxCommas: 3, maxDepth: 2 };

function count(json: string): JsonParts | undefined {
  const counting = countJson(json, limits);
  let step = counting.next();
  while (!step.done) step = counting.next();
  return step.value;
}

test("parts are counted, and what stands in strings is none", () => {
  const json = JSON.stringify({ a: [1, 2], "{,:[": '"{\\"' });
  expect(count(json)).toEqual({ brackets: 2, keys: 2, commas: 2 });
});

test.each([
  ["arrays and objects", "[[],[],{}]"],
  ["keys", '{"a":1,"b":1,"c":1,"d":1}'],
  ["values", "[1,2,3,4,5]"],
  ["depth", "[[[]]]"],
])("a text of too many %s has no count", (_, json) => {
  expect(count(json)).toBeUndefined();
});

test("arrays beside each other are no deeper than one", () => {
  expect(count("[[],[]]")).toMatchObject({ brackets: 3 });
});
