import { validated, withKwargs } from "@kindred/core";
import type { BodySchema } from "@kindred/core";
import { expect, test } from "vitest";

/** Takes the fields size and seeds alone. */
const fields: BodySchema<object> = {
  "~standard": {
    version: 1,
    vendor: "own",
    validate(value) {
      const unknown = Object.keys(value as object).find((key) => !/^(size|seeds)$/.test(key));
      if (unknown === undefined) return { value: value as object };
      return { issues: [{ message: "is unknown", path: [unknown] }] };
    },
    jsonSchema: { input: () => ({ title: "own" }), output: () => ({}) },
  },
};
const schema = withKwargs(fields);
const refusal = { code: "INVALID_INPUT" } as const;

test.each<[string, object, object]>([
  ["are taken from a string", { kwargs: '{"size": "a"}' }, { size: "a" }],
  ["are taken from an object", { kwargs: { size: "a" } }, { size: "a" }],
  ["stand for a null beside them", { kwargs: '{"size": "a"}', size: null }, { size: "a" }],
  ["may be null", { kwargs: '{"size": null}', size: "a" }, { size: "a" }],
  ["may be absent", { kwargs: null, size: "a" }, { size: "a" }],
  ["may be none", { kwargs: "{}", size: "a" }, { size: "a" }],
  ["may be beside them once more", { kwargs: '{"seeds": [1]}', seeds: [1] }, { seeds: [1] }],
])("the fields of kwargs %s", async (_, body, expected) => {
  expect(await validated(schema, body, refusal)).toEqual(expected);
});

test.each<[string, object]>([
  ["kwargs", { kwargs: "[]" }],
  ["kwargs", { kwargs: "{" }],
  ["kwargs", { kwargs: 5 }],
  ["kwargs", { kwargs: '{"size": "a"}', size: "b" }],
  ["kwargs", { kwargs: " ".repeat(300_000) }],
  ["hue", { kwargs: '{"hue": 1}' }],
  ["__proto__", { kwargs: '{"__proto__": 1}' }],
])("%s is named when %j is wrong", async (param, body) => {
  await expect(validated(schema, body, refusal)).rejects.toMatchObject({ param });
});

test("clients are told of the plain fields", () => {
  const { jsonSchema } = schema["~standard"];
  expect(jsonSchema?.input({ target: "draft-2020-12" })).toEqual({ title: "own" });
});
