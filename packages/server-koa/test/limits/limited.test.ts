import { KernelError } from "@kindred/core";
import type { Call, Endpoint, Kernel, Usage } from "@kindred/core";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { ApiKeys, Limits } from "../../src/index.ts";
import type { AppOptions } from "../../src/index.ts";
import { endpoint, listen, post, standIn } from "../stand-in.ts";
import type { EchoBody, Listening, Run } from "../stand-in.ts";

const keys = new ApiKeys([
  { name: "alice", key: "a" },
  { name: "bob", key: "b" },
]);
const alice = { authorization: "Bearer a" };
const bob = { authorization: "Bearer b" };

/** The endpoint of echoes, each of which counts as a picture. */
const pictures: Endpoint = {
  ...endpoint,
  fields: { pictures: "times" },
  decode: (body: EchoBody) => ({
    ...(endpoint.decode(body) as Awaited<ReturnType<typeof endpoint.decode>>),
    counts: { pictures: body.times },
  }),
};

/** A server whose requests count the pictures that their `times` says. */
function serverOf(run: Run, options: AppOptions): Promise<Listening> {
  const kernel: Kernel = { ...standIn(run), endpoints: [pictures] };
  return listen(createApp(kernel, options));
}

const usage = (tokens: number): Usage => ({
  tokens,
  milliseconds: { load: 0, prepare: 0, queue: 0, run: 0 },
});

test("every reply to a counted request has OpenAI's headers, and others have none", async () => {
  const rates = { tokensPerMinute: 1_000, perKey: { "*": { requestsPerMinute: 2 } } };
  const limits = new Limits(rates, () => 0);
  const run: Run = (_input, call) => {
    call.onUsage?.(usage(250));
    return "said";
  };
  await using server = await serverOf(run, { limits, keys, origins: ["https://app.example.org"] });
  const url = `${server.url}/v1/echo`;
  const first = await post(url, { text: "a" }, { ...alice, origin: "https://app.example.org" });
  expect(Object.fromEntries(first.headers)).toMatchObject({
    "x-ratelimit-limit-requests": "2",
    "x-ratelimit-remaining-requests": "1",
    "x-ratelimit-limit-tokens": "1000",
    "x-ratelimit-remaining-tokens": "750",
    "access-control-expose-headers": expect.stringContaining("x-ratelimit-remaining-tokens"),
  });
  // A request that is wrong counts, too.
  const wrong = await post(url, {}, alice);
  expect([wrong.status, wrong.headers.get("x-ratelimit-remaining-requests")]).toEqual([400, "0"]);
  const refused = await post(url, { text: "a" }, alice);
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    "x-ratelimit-remaining-requests": "0",
    "retry-after": "30",
    "retry-after-ms": "30000",
  });
  expect(refused.headers.has("x-should-retry")).toBe(false);
  expect([refused.status, await refused.json()]).toEqual([
    429,
    {
      error: {
        message:
          'Rate limit reached for the key "alice" on requests per min (RPM): Limit 2 (limits.perKey.requestsPerMinute), Used 2, Requested 1. Please try again in 30s.',
        type: "requests",
        param: null,
        code: "rate_limit_exceeded",
      },
      detail: expect.any(String),
    },
  ]);
  expect((await post(url, { text: "a" }, bob)).status).toBe(200);
  for (const path of ["/v1/models", "/health", "/"]) {
    const { status, headers } = await fetch(`${server.url}${path}`, { headers: alice });
    expect([status, headers.has("x-ratelimit-limit-requests")]).toEqual([200, false]);
  }
  expect((await post(url, { text: "a" }, {})).headers.has("x-ratelimit-limit-tokens")).toBe(false);
});

test("without limits, replies have no headers of them", async () => {
  await using server = await serverOf(() => "said", {});
  const { headers } = await post(`${server.url}/v1/echo`, { text: "a" });
  expect([...headers.keys()].filter((name) => name.startsWith("x-ratelimit"))).toEqual([]);
});

test("OpenAI's client waits as it is told, and succeeds", async () => {
  const run: Run = ({ text }, call) => {
    // 151 tokens come in 1.51 s, and the client's own first wait is half a second at most.
    if (text === "large") call.onUsage?.(usage(6_150));
    return "said";
  };
  await using server = await serverOf(run, { limits: { tokensPerMinute: 6_000 } });
  const statuses: number[] = [];
  const client = new OpenAI({
    apiKey: "none",
    baseURL: `${server.url}/v1`,
    maxRetries: 1,
    async fetch(...request) {
      const reply = await fetch(...request);
      statuses.push(reply.status);
      return reply;
    },
  });
  await client.post("/echo", { body: { text: "large" } });
  const reply = await client.post("/echo", { body: { text: "small" } });
  expect(reply).toMatchObject({ output: "said" });
  expect(statuses).toEqual([200, 429, 200]);
  await client.post("/echo", { body: { text: "large" } });
  await expect(
    client.post("/echo", { body: { text: "small" }, maxRetries: 0 }),
  ).rejects.toMatchObject({ status: 429, code: "rate_limit_exceeded", type: "tokens" });
});

const aborted = (call: Partial<Call<{ done: number }>>): Promise<never> =>
  new Promise((_, reject) => {
    call.signal?.addEventListener("abort", () => reject(new KernelError("ABORTED", "It ended.")));
  });

test("pictures are held until their request has ended, however it ends", async () => {
  const ended = { count: 0 };
  const run: Run = async ({ text }, call) => {
    call.onState?.({ state: "running" });
    if (text === "fail") throw new KernelError("GRAPH_FAILED", "No.");
    if (text !== "hang") return "said";
    return aborted(call).finally(() => ended.count++);
  };
  await using server = await serverOf(run, {
    limits: { perKey: { "*": { picturesAtOnce: 2 } } },
    keys,
  });
  const url = `${server.url}/v1/echo`;
  const statusOf = async (body: object, headers = alice): Promise<number> =>
    post(url, body, headers).then(async (reply) => (await reply.text(), reply.status));
  const hangUp = new AbortController();
  const json = { ...alice, "content-type": "application/json" };
  for (const stream of [false, true]) {
    const hanging = fetch(url, {
      method: "POST",
      headers: json,
      body: JSON.stringify({ text: "hang", stream, times: 1 }),
      signal: hangUp.signal,
    });
    hanging.catch(() => {});
  }
  await expect.poll(() => statusOf({ text: "a", times: 1 })).toBe(429);
  const refused = await post(url, { text: "a", times: 1, stream: true }, alice);
  expect([refused.status, (await refused.json()).error]).toMatchObject([
    429,
    { type: "images", code: "rate_limit_exceeded" },
  ]);
  expect(refused.headers.get("retry-after-ms")).toMatch(/^\d+$/);
  expect(await statusOf({ text: "a", times: 2 }, bob)).toBe(200);
  hangUp.abort();
  await expect.poll(() => ended.count).toBe(2);
  for (const text of ["a", "fail", "a", "fail", "a"]) {
    for (const stream of [false, true]) {
      const status = text === "fail" && !stream ? 500 : 200;
      await expect.poll(() => statusOf({ text, times: 2, stream })).toBe(status);
    }
  }
});

test("more pictures than one request may ask for are refused on the client's field", async () => {
  const limits = new Limits({ picturesPerRequest: 2 });
  await using server = await serverOf(() => "said", { limits });
  const url = `${server.url}/v1/echo`;
  for (const stream of [false, true]) {
    const refused = await post(url, { text: "a", times: 3, stream });
    expect([refused.status, (await refused.json()).error]).toMatchObject([
      400,
      { param: "times", code: "INVALID_INPUT" },
    ]);
  }
  limits.replace({ picturesPerRequest: 3, json: 40 });
  expect((await post(url, { text: "a", times: 3 })).status).toBe(200);
  const large = await post(url, { text: "a".repeat(40), times: 3 });
  expect([large.status, (await large.json()).error.message]).toEqual([
    413,
    "The body is larger than 40 bytes (limits.json).",
  ]);
});
