import { runInNewContext } from "node:vm";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expect, test } from "vitest";
import { fieldPath, validated, validatedNow } from "../src/schema.ts";
import type { Refusal } from "../src/schema.ts";

test.each([
  [undefined, ""],
  [[], ""],
  [["kwargs", "size"], "kwargs.size"],
  [["input", 3, "text"], "input[3].text"],
  [[0, "type"], "[0].type"],
  [[{ key: "input" }, { key: 3 }], "input[3]"],
])("%j is %j", (path, field) => {
  expect(fieldPath(path)).toBe(field);
});

type Result = StandardSchemaV1.Result<number>;

function schema(result: Result | Promise<Result>): StandardSchemaV1<unknown, number> {
  return { "~standard": { version: 1, vendor: "test", validate: () => result } };
}

/** Issues as Zod has them, with more fields than the standard's. */
function failing(...issues: object[]): StandardSchemaV1<unknown, number> {
  return schema({ issues: issues as StandardSchemaV1.Issue[] });
}

const refusal: Refusal = { code: "INVALID_INPUT" };

function refused(...issues: object[]): Promise<unknown> {
  return validated(failing(...issues), {}, refusal).catch((error: unknown) => error);
}

test("a value is as its schema makes it, at once or later", async () => {
  expect(validatedNow(schema({ value: 7 }), "7", refusal)).toBe(7);
  expect(await validated(schema({ value: 7 }), "7", refusal)).toBe(7);
  expect(await validated(schema(Promise.resolve({ value: 7 })), "7", refusal)).toBe(7);
  const later = schema(Promise.resolve({ value: 7 }));
  expect(() => validatedNow(later, "7", refusal)).toThrow(TypeError);
});

test("the first field at fault is the param, and up to three are named", async () => {
  expect(await refused({ message: "Too small.", path: ["steps"] })).toMatchObject({
    code: "INVALID_INPUT",
    message: "steps: Too small.",
    param: "steps",
  });
  const issues = ["a", "b", "c", "d", "e"].map((name) => ({ message: "No", path: [name] }));
  expect(await refused(...issues)).toMatchObject({
    message: "a: No; b: No; c: No; and 2 more.",
    param: "a",
  });
});

test("a fault of the whole value has no param", async () => {
  expect(await refused({ message: "Expected an object" })).toMatchObject({
    message: "Expected an object.",
    param: undefined,
  });
});

test("an unknown key is the field at fault", async () => {
  const message = "Unrecognized keys";
  expect(await refused({ message, keys: ["a", "b"] })).toMatchObject({
    message: 'a: Unrecognized keys: "a", "b".',
    param: "a",
  });
  expect(await refused({ message, keys: ["hue"], path: ["kwargs"] })).toMatchObject({
    message: 'kwargs.hue: Unrecognized key: "hue".',
    param: "kwargs.hue",
  });
});

test("the first of many unknown keys are named, and the beginning of a long one", async () => {
  const keys = Array.from({ length: 5_000 }, (_, index) => `k${index}`);
  expect(await refused({ message: "", keys })).toMatchObject({
    message: 'k0: Unrecognized keys: "k0", "k1", "k2" and 4997 more.',
  });
  const short = `${"k".repeat(40)}…`;
  expect(await refused({ message: "", keys: ["k".repeat(100_000)] })).toMatchObject({
    message: `${short}: Unrecognized key: "${short}".`,
    param: short,
  });
});

test("the branch of a union that got furthest is told, and branches that got as far together", async () => {
  const errors = [
    [{ message: "Expected a string", path: [] }],
    [{ message: "Expected an integer", path: [1] }],
    [{ message: "Expected a token id", path: [1] }],
  ];
  expect(await refused({ message: "Invalid input", path: ["input"], errors })).toMatchObject({
    message: "input[1]: Expected an integer, or Expected a token id.",
    param: "input[1]",
  });
  const unions = [[{ message: "Invalid input", path: [0], errors }]];
  expect(
    await refused({ message: "Invalid input", path: ["input"], errors: unions }),
  ).toMatchObject({ param: "input[0][1]" });
  expect(await refused({ message: "Invalid input", path: ["input"], errors: [] })).toMatchObject({
    message: "input: Invalid input.",
  });
});

test("a file's error says what was refused and has no param", () => {
  const bad = failing({ message: "Expected a number", path: ["steps"] });
  const read = () => validatedNow(bad, {}, { code: "LOAD_FAILED", what: "config.json is unsound" });
  expect(read).toThrow(
    expect.objectContaining({
      code: "LOAD_FAILED",
      message: "config.json is unsound. steps: Expected a number.",
      param: undefined,
    }),
  );
});

test("a schema that validates later is told, whether its promise keeps or rejects, and however it is made", async () => {
  const later = (validate: () => any) => ({
    "~standard": { version: 1 as const, vendor: "test", validate },
  });
  const refusal = { code: "INVALID_INPUT" } as const;
  for (const validate of [
    async () => ({ value: 1 }),
    () => Promise.reject(new Error("no")),
    () => runInNewContext("Promise.resolve({ value: 1 })"),
  ]) {
    expect(() => validatedNow(later(validate), 1, refusal)).toThrow(/asynchronously/);
  }
  await new Promise(setImmediate);
  await expect(
    validated(
      later(() => ({ issues: [] })),
      1,
      refusal,
    ),
  ).rejects.toThrow("Its schema refuses it.");
});
