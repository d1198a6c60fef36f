import { KernelError } from "@kindred/core";
import type { ErrorCode } from "@kindred/core";
import { expect, test } from "vitest";
import { failure } from "../src/errors.ts";

const statuses: Record<ErrorCode, number> = {
  INVALID_INPUT: 400,
  UNSUPPORTED: 400,
  TASK_MISMATCH: 400,
  MODEL_NOT_FOUND: 404,
  OVERLOADED: 429,
  ABORTED: 499,
  LOAD_FAILED: 500,
  GRAPH_FAILED: 500,
  PLUGIN_INVALID: 500,
  DEVICE_EXHAUSTED: 503,
  CLOSED: 503,
};

test.each(Object.entries(statuses))("%s answers %i", (code, status) => {
  const { body, status: found } = failure(new KernelError(code as ErrorCode, "It broke."));
  expect(found).toBe(status);
  expect(body.error).toMatchObject({ message: "It broke.", param: null, code });
  expect(body.detail).toBe("It broke.");
});

function headers(code: ErrorCode, retryAfter?: number): unknown {
  return failure(new KernelError(code, "", { retryAfter })).headers;
}

test("an error that trying again cannot mend says so, one that passes says when", () => {
  for (const code of ["ABORTED", "LOAD_FAILED", "DEVICE_EXHAUSTED"] as const) {
    expect(headers(code)).toEqual({ "x-should-retry": "false" });
  }
  for (const code of ["GRAPH_FAILED", "CLOSED", "OVERLOADED"] as const) {
    expect(headers(code)).toEqual({});
  }
  expect(headers("OVERLOADED", 1.25)).toEqual({ "retry-after": "2", "retry-after-ms": "1250" });
  expect(headers("DEVICE_EXHAUSTED", 3)).toEqual({ "retry-after": "3", "retry-after-ms": "3000" });
});

test("an http-error's message is told when it exposes itself, and no other error's", () => {
  const exposed = Object.assign(new Error("too big"), { status: 413, expose: true });
  expect(failure(exposed)).toMatchObject({ status: 413, body: { detail: "too big" } });
  const secret = Object.assign(new Error("password"), { status: 503, expose: false });
  for (const error of [secret, new Error("password"), "password", undefined]) {
    const { status, body } = failure(error);
    expect(status).toBe(500);
    expect(body.error).toEqual({
      message: "Internal error.",
      type: "server_error",
      param: null,
      code: null,
    });
  }
});

test.each([
  [400, false],
  [404, false],
  [405, false],
  [408, true],
  [413, false],
  [415, false],
  [416, false],
  [417, false],
  [425, true],
  [429, true],
  [431, false],
  [500, false],
  [503, true],
])("HTTP's own %i may be tried again: %s", (status, again) => {
  const refusal = Object.assign(new Error("no"), {
    status,
    expose: true,
    headers: { allow: "GET" },
  });
  expect(failure(refusal).headers).toEqual({
    allow: "GET",
    ...(again ? {} : { "x-should-retry": "false" }),
  });
});

test("a fault of the program is not tried again", () => {
  for (const error of [new TypeError("x is undefined"), new Error("EIO"), "text", undefined]) {
    expect(failure(error).headers).toEqual({ "x-should-retry": "false" });
  }
});

test("a refusal of the server's own making has no code of a wrong request", () => {
  const refusal = Object.assign(new Error("wired wrongly"), { status: 500, expose: true });
  expect(failure(refusal).body.error).toEqual({
    message: "wired wrongly",
    type: "server_error",
    param: null,
    code: null,
  });
});

test("an error of another copy of core is known by its brand", () => {
  const foreign = Object.assign(new Error("gone"), {
    "~kindred": "MODEL_NOT_FOUND",
    code: "MODEL_NOT_FOUND",
  });
  expect(failure(foreign)).toMatchObject({
    status: 404,
    body: { error: { type: "not_found_error" } },
  });
});

test("a message that quotes a long text is cut in its middle, a long param at its end", () => {
  const sent = "m".repeat(5_000_000);
  const message = `There is no model "${sent}". There are "a", "b".`;
  const { error, detail } = failure(
    new KernelError("MODEL_NOT_FOUND", message, { param: sent }),
  ).body;
  expect(error.message).toMatch(/^There is no model "m+…m+"\. There are "a", "b"\.$/);
  expect(error.message.length).toBeLessThan(5_000);
  expect(detail).toBe(error.message);
  expect(error.param).toMatch(/^m{200}…$/);
});

test("a long message of the server's own is told whole", () => {
  const message = "a".repeat(4_000);
  expect(failure(new KernelError("LOAD_FAILED", message)).body.detail).toBe(message);
});
