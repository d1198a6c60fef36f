import { expect, test } from "vitest";
import { parseJson } from "../src/body/parse-json.ts";

test("long texts, and as many token ids as a request may have, are read", async () => {
  const texts = Array.from({ length: 2_048 }, (_, index) => `[{,"\\${"word ".repeat(300)}${index}`);
  expect(await parseJson(JSON.stringify({ input: texts }))).toEqual({ input: texts });
  const ids = Array.from({ length: 2_048 }, () => Array.from({ length: 512 }, (_, index) => index));
  expect(await parseJson(JSON.stringify({ input: ids }))).toEqual({ input: ids });
});

test.each([
  ["arrays", `[${"[],".repeat(200_000)}[]]`],
  ["objects", `[${'{"a":1},'.repeat(200_000)}1]`],
  ["arrays in arrays", "[".repeat(300_000) + "]".repeat(300_000)],
  ["numbers", `[${"1,".repeat(2_100_000)}1]`],
  ["keys", `{${Array.from({ length: 20_000 }, (_, index) => `"${index}":1`).join()}}`],
  [
    "arrays behind a string of quotes",
    `["${'\\"'.repeat(200_000)}\\\\",${"[],".repeat(200_000)}[]]`,
  ],
])("too many %s are refused unparsed", async (_, text) => {
  await expect(parseJson(text)).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: /in parts/,
  });
});

test("brackets, commas and colons inside strings do not count", async () => {
  const text = '\\"[{,:'.repeat(600_000);
  expect(await parseJson(JSON.stringify([text]))).toEqual([text]);
});

test("arrays nested deeper than the stack are an error, not a crash", async () => {
  await expect(parseJson("[".repeat(90_000))).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: "The body is not valid JSON.",
  });
});

test("a string that never ends is an error, not a hang", async () => {
  await expect(parseJson(`["${"a".repeat(2_000_000)}`)).rejects.toMatchObject({
    code: "INVALID_INPUT",
  });
});

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
  expect(await parseJson(`["${text}"]`)).toHaveLength(1);
  reading = false;
  expect(turns).toBeGreaterThanOrEqual(5);
});
