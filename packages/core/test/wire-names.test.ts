import { expect, test } from "vitest";
import { inWireNames } from "../src/endpoint.ts";
import { KernelError } from "../src/errors.ts";

const endpoint = { fields: { steps: "num_inference_steps", input: "text" } };

test.each([
  ["steps", "num_inference_steps"],
  ["input[3].size", "text[3].size"],
  ["toString", "toString"],
  ["seed", "seed"],
])("%s is the client's %s", (param, wire) => {
  const error = new KernelError("OVERLOADED", "No.", { param, retryAfter: 3 });
  expect(inWireNames(error, endpoint)).toMatchObject({
    code: "OVERLOADED",
    message: "No.",
    param: wire,
    retryAfter: 3,
  });
});

test("a field of several names is the one that the client sent, else the first", () => {
  const several = { fields: { prompt: ["prompt_name", "input_type"] } };
  const error = new KernelError("INVALID_INPUT", "No.", { param: "prompt" });
  const bodies = [
    { input_type: "query" },
    { prompt_name: "a", input_type: null },
    { prompt_name: false, input_type: true },
    {},
    undefined,
  ];
  expect(bodies.map((body) => (inWireNames(error, several, body) as KernelError).param)).toEqual([
    "input_type",
    "prompt_name",
    "input_type",
    "prompt_name",
    "prompt_name",
  ]);
});

test("errors without a field, of others, and of endpoints without names are returned as they are", () => {
  const plain = new KernelError("ABORTED", "Gone.");
  const named = new KernelError("INVALID_INPUT", "No.", { param: "steps" });
  const foreign = new TypeError("x");
  expect(inWireNames(plain, endpoint)).toBe(plain);
  expect(inWireNames(foreign, endpoint)).toBe(foreign);
  expect(inWireNames(named, {})).toBe(named);
});
