import { expect, test } from "vitest";
import { parseJson } from "../../src/body/parse-json.ts";
import { createApp } from "../../src/app.ts";
import { listen, post, standIn } from "../stand-in.ts";

function read(text: string): Promise<unknown> {
  return parseJson(Buffer.from(text));
}

test.each([
  ['{"text": "a",}', 'a comma before "}" at line 1, column 14'],
  ['{\n  "text": ["a", "b",\n  ]\n}', 'a comma before "]" at line 3, column 3'],
  ['{"text" "a"}', "colon expected at line 1, column 9"],
  ['{"text": "a"', "close brace expected at line 1, column 13"],
  ["{'text': 1}", "invalid symbol at line 1, column 2"],
  ['{"text": 1} // no', "invalid comment token at line 1, column 13"],
  ["", "it is empty"],
])("%j is refused with the place of the fault", async (body, where) => {
  await using server = await listen(createApp(standIn()));
  const response = await post(`${server.url}/v1/echo`, body);
  expect(response.status).toBe(400);
  expect((await response.json()).error).toEqual({
    message: `The body is not valid JSON: ${where}.`,
    type: "invalid_request_error",
    param: null,
    code: "INVALID_INPUT",
  });
});

test("long texts are read, and as many token ids as a request may have", async () => {
  const texts = Array.from({ length: 2_048 }, (_, index) => `[{,"\\${"word ".repeat(300)}${index}`);
  expect(await read(JSON.stringify({ input: texts }))).toEqual({ input: texts });
  const ids = Array.from({ length: 2_048 }, () => Array.from({ length: 512 }, (_, index) => index));
  expect(await read(JSON.stringify({ input: ids }))).toEqual({ input: ids });
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
  await expect(read(text)).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: /in parts/,
  });
});

test("brackets, commas and colons inside strings do not count", async () => {
  const text = '\\"[{,:'.repeat(600_000);
  expect(await read(JSON.stringify([text]))).toEqual([text]);
});

test("arrays nested deeper than the stack are an error, not a crash", async () => {
  await expect(read("[".repeat(90_000))).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: "The body is not valid JSON.",
  });
});

test("a string that never ends is an error, not a hang", async () => {
  await expect(read(`["${"a".repeat(2_000_000)}`)).rejects.toMatchObject({
    code: "INVALID_INPUT",
  });
});
