import { expect, test } from "vitest";
import { bodyJsonSchema, replyJsonSchema } from "../src/body-json-schema.ts";

const standard = {
  version: 1,
  vendor: "own",
  validate: (value: unknown) => ({ value }),
} as const;
const fail = () => {
  throw new Error("This cannot be told.");
};

test("a body is told as JSON Schema, by what a client sends rather than by what is made of it", () => {
  const input = ({ target }: { target: string }) => ({ target, type: "object" });
  const body = { "~standard": { ...standard, jsonSchema: { input, output: fail } } };
  expect(bodyJsonSchema(body)).toEqual({ target: "draft-2020-12", type: "object" });
});

test("a schema that is no Standard JSON Schema is not told", () => {
  expect(bodyJsonSchema({ "~standard": standard })).toBeUndefined();
});

test("a schema that fails to tell itself is not told", () => {
  const body = { "~standard": { ...standard, jsonSchema: { input: fail, output: fail } } };
  expect(bodyJsonSchema(body)).toBeUndefined();
});

test.each([
  ["null", () => null],
  ["a flag", () => true],
  ["an object within itself", () => Object.assign(cyclic, { within: cyclic })],
  ["a number that JSON has not", () => ({ default: 1n })],
])("a schema that is told as %s is not told", (_, input) => {
  const jsonSchema = { input, output: input } as never;
  expect(bodyJsonSchema({ "~standard": { ...standard, jsonSchema } })).toBeUndefined();
  expect(replyJsonSchema({ "~standard": { ...standard, jsonSchema } })).toBeUndefined();
});

const cyclic = {};
