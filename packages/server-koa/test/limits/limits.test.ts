import { isKernelError } from "@kindred/core";
import { expect, test } from "vitest";
import { Limits } from "../../src/index.ts";
import type { LimitOptions } from "../../src/index.ts";

/** Limits by a clock that the test sets. */
function limitsAt(options: LimitOptions): { limits: Limits; at: (milliseconds: number) => void } {
  let now = 0;
  const limits = new Limits(options, () => now);
  return { limits, at: (milliseconds) => (now = milliseconds) };
}

/** What a refusal says. */
function refusal(work: () => unknown): Record<string, unknown> {
  try {
    work();
  } catch (error) {
    const { message } = error as Error;
    if (isKernelError(error)) return { code: error.code, param: error.param, message };
    const { status, type, retryAfter } = error as Record<string, unknown>;
    return { status, type, retryAfter, message };
  }
  return {};
}

const take = (limits: Limits, caller?: string): void => limits.of(caller).take();

test("each caller has its own requests, and all together the server's", () => {
  const { limits } = limitsAt({ requestsPerMinute: 5, perKey: { "*": { requestsPerMinute: 2 } } });
  for (const caller of ["alice", "alice", "bob", "bob", undefined]) take(limits, caller);
  expect(refusal(() => take(limits, "alice"))).toEqual({
    status: 429,
    type: "requests",
    retryAfter: 30,
    message:
      'Rate limit reached for the key "alice" on requests per min (RPM): Limit 2 (limits.perKey.requestsPerMinute), Used 2, Requested 1. Please try again in 30s.',
  });
  expect(refusal(() => take(limits)).message).toBe(
    "Rate limit reached for this server on requests per min (RPM): Limit 5 (limits.requestsPerMinute), Used 5, Requested 1. Please try again in 12s.",
  );
});

test("a refused request takes nothing from anybody", () => {
  const { limits } = limitsAt({
    requestsPerMinute: 3,
    perKey: { alice: { requestsPerMinute: 1 } },
  });
  take(limits, "alice");
  for (let i = 0; i < 10; i++) expect(() => take(limits, "alice")).toThrow(/"alice"/);
  take(limits, "bob");
  take(limits, "bob");
  expect(() => take(limits, "bob")).toThrow(/this server/);
});

test("a named key has its own limits, and those of * where it has none", () => {
  const perKey = {
    "*": { requestsPerMinute: 1, tokensPerMinute: 10 },
    alice: { requestsPerMinute: 2 },
    ops: { requestsPerMinute: Infinity, tokensPerMinute: Infinity },
  };
  const { limits } = limitsAt({ perKey });
  take(limits, "bob");
  expect(() => take(limits, "bob")).toThrow(/Limit 1 /);
  take(limits, "alice");
  limits.of("alice").charge({ tokens: 10 });
  expect(() => take(limits, "alice")).toThrow(/tokens per min \(TPM\): Limit 10 /);
  for (let i = 0; i < 100; i++) take(limits, "ops");
  expect(limits.of("ops").headers).toEqual({});
});

test("tokens are charged once they are used: a debt is waited for, and one that nobody could pay at once is paid in time", () => {
  const { limits, at } = limitsAt({ tokensPerMinute: 600 });
  const large = limits.of(undefined);
  large.take();
  large.charge({ tokens: 6_000 });
  expect(refusal(() => take(limits))).toMatchObject({ type: "tokens", retryAfter: 540.1 });
  at(540_099);
  expect(limits.of(undefined).headers).toMatchObject({ "x-ratelimit-remaining-tokens": "0" });
  expect(() => take(limits)).toThrow(/Please try again in 1ms/);
  at(540_100);
  const again = limits.of(undefined);
  again.take();
  again.charge({ tokens: 6_000 });
  expect(() => take(limits)).toThrow(/tokens per min/);
});

test("headers tell of the tighter of the caller's and the server's limits", () => {
  const { limits, at } = limitsAt({
    requestsPerMinute: 10,
    tokensPerMinute: 1_000,
    perKey: { "*": { requestsPerMinute: 60, tokensPerMinute: 600 } },
  });
  const first = limits.of("alice");
  first.take();
  first.charge({ tokens: 100 });
  expect(first.headers).toEqual({
    "x-ratelimit-limit-requests": "10",
    "x-ratelimit-remaining-requests": "9",
    "x-ratelimit-reset-requests": "6s",
    "x-ratelimit-limit-tokens": "600",
    "x-ratelimit-remaining-tokens": "500",
    "x-ratelimit-reset-tokens": "10s",
  });
  at(1_500);
  expect(first.headers).toMatchObject({
    "x-ratelimit-remaining-requests": "9",
    "x-ratelimit-reset-requests": "4.5s",
    "x-ratelimit-remaining-tokens": "515",
  });
});

test("pictures beyond those at once are refused with when some will have left", () => {
  const { limits, at } = limitsAt({
    picturesAtOnce: 6,
    perKey: { alice: { picturesAtOnce: 4, picturesPerRequest: 3 } },
  });
  const first = limits.of("alice").hold({ pictures: 2 });
  at(8_000);
  const second = limits.of("alice").hold({ pictures: 2 });
  first[Symbol.dispose]();
  expect(refusal(() => limits.of("alice").hold({ pictures: 3 }))).toEqual({
    status: 429,
    type: "images",
    retryAfter: 4,
    message:
      'Rate limit reached for the key "alice" on pictures at once: Limit 4 (limits.perKey.picturesAtOnce), Used 2, Requested 3. Please try again in 4s.',
  });
  expect(() => limits.of("bob").hold({ pictures: 5 })).toThrow(
    /this server .* Used 2, Requested 5/,
  );
  limits.of("bob").hold({ tokens: 3 });
  second[Symbol.dispose]();
  second[Symbol.dispose]();
  limits.of("bob").hold({ pictures: 6 });
  expect(() => limits.of("alice").hold({ pictures: 1 })).toThrow(/this server/);
  // Without pictures, nothing is in the way.
  limits.of("alice").hold({});
});

test("more pictures than are ever taken are refused for good, on their field", () => {
  const { limits } = limitsAt({
    picturesAtOnce: 6,
    perKey: { alice: { picturesPerRequest: 3 } },
  });
  expect(refusal(() => limits.of("alice").hold({ pictures: 4 }))).toEqual({
    code: "INVALID_INPUT",
    param: "pictures",
    message:
      "The request asks for 4 pictures, and at most 3 are taken in one (limits.perKey.picturesPerRequest). Ask for fewer.",
  });
  expect(refusal(() => limits.of("bob").hold({ pictures: 7 }))).toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringMatching(/at most 6 are taken in one \(limits\.picturesAtOnce\)/),
  });
});

test("limits that are exchanged hold at once, and what was used stays used", () => {
  const { limits } = limitsAt({ requestsPerMinute: 10, perKey: { "*": { picturesAtOnce: 4 } } });
  for (let i = 0; i < 8; i++) take(limits, "alice");
  const held = limits.of("alice").hold({ pictures: 4 });
  limits.replace({ requestsPerMinute: 100, perKey: { "*": { picturesAtOnce: 5 } } });
  expect(limits.of("alice").headers).toMatchObject({
    "x-ratelimit-limit-requests": "100",
    "x-ratelimit-remaining-requests": "2",
  });
  limits.of("alice").hold({ pictures: 1 });
  expect(() => limits.of("alice").hold({ pictures: 1 })).toThrow(/Limit 5 .* Used 5/);
  held[Symbol.dispose]();
  limits.of("alice").hold({ pictures: 4 });
  expect(() => limits.replace({ requestsPerMinute: -1 })).toThrow(TypeError);
  expect(limits.of("alice").headers).toMatchObject({ "x-ratelimit-limit-requests": "100" });
  limits.replace({});
  for (let i = 0; i < 1_000; i++) take(limits, "alice");
});

test("the callers that are remembered are bounded: the one that was silent for longest is forgotten", () => {
  const { limits } = limitsAt({ perKey: { "*": { requestsPerMinute: 1 } } });
  take(limits, "first");
  take(limits, "second");
  expect(() => take(limits, "first")).toThrow(/"first"/);
  for (let i = 0; i < 9_999; i++) take(limits, `caller-${i}`);
  take(limits, "second");
  expect(() => take(limits, "first")).not.toThrow();
  expect(() => take(limits, "caller-9998")).toThrow(/"caller-9998"/);
});

test.each<[name: string, options: object | null, message: string]>([
  ["null", null, "limits must be an object, not null."],
  [
    "an unknown limit",
    { requests: 1 },
    'limits has no "requests". It may have json, form, all, ratio, encodings, requestsPerMinute, tokensPerMinute, picturesAtOnce, picturesPerRequest, perKey.',
  ],
  [
    "a share of a request",
    { requestsPerMinute: 0.5 },
    "limits.requestsPerMinute must be a whole number, 1 or more, or Infinity, not 0.5.",
  ],
  [
    "a text of a key's",
    { perKey: { alice: { tokensPerMinute: "9" } } },
    'limits.perKey.alice.tokensPerMinute must be a whole number, 1 or more, or Infinity, not "9".',
  ],
  [
    "a body's limit of a key's",
    { perKey: { alice: { json: 5 } } },
    'limits.perKey.alice has no "json". It may have requestsPerMinute, tokensPerMinute, picturesAtOnce, picturesPerRequest.',
  ],
  [
    "a number for keys",
    { perKey: 5 },
    "limits.perKey must be an object of limits by the names of keys, not 5.",
  ],
  ["no number of bytes", { all: "1 GB" }, 'limits.all must be a number, 0 or more, not "1 GB".'],
  [
    "an encoding that is not read",
    { encodings: ["zstd"] },
    'limits.encodings must be a list of gzip, deflate, br, not ["zstd"].',
  ],
])("%s is no limit", (_name, options, message) => {
  expect(() => new Limits(options as LimitOptions)).toThrow(new TypeError(message));
});
