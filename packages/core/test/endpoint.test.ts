import { expect, test } from "vitest";
import { inWireNames } from "../src/endpoint.ts";
import { KernelError } from "../src/errors.ts";

const endpoint = { fields: { steps: "num_inference_steps" } };

function param(name: string): unknown {
  const error = new KernelError("INVALID_INPUT", "", { param: name });
  return (inWireNames(error, endpoint) as KernelError).param;
}

test("param is under the client's name, path and all", () => {
  expect(param("steps")).toBe("num_inference_steps");
  expect(param("steps[3].at")).toBe("num_inference_steps[3].at");
  expect(param("seed")).toBe("seed");
  expect(param("constructor")).toBe("constructor");
});

test("the renamed error keeps its code, message and retryAfter, and has the first as its cause", () => {
  const error = new KernelError("OVERLOADED", "32 wait.", { param: "steps", retryAfter: 2 });
  expect(inWireNames(error, endpoint)).toMatchObject({
    code: "OVERLOADED",
    message: "32 wait.",
    retryAfter: 2,
    cause: error,
  });
});

test("an error without a renamed field is returned as it is", () => {
  const bug = new TypeError("a bug");
  const seed = new KernelError("INVALID_INPUT", "", { param: "seed" });
  const closed = new KernelError("CLOSED", "");
  for (const error of [bug, seed, closed]) expect(inWireNames(error, endpoint)).toBe(error);
  expect(inWireNames(seed, {})).toBe(seed);
});
