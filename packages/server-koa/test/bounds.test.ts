import { gzipSync } from "node:zlib";
import { bounds } from "@kindred/core";
import type { BoundEvent } from "@kindred/core";
import { expect, test } from "vitest";
import { openMetrics } from "../src/index.ts";
import { serve } from "../src/serve.ts";
import type { ServeOptions, Serving } from "../src/serve.ts";
import { get, postHead, rawClient, statuses } from "./connections/raw-client.ts";
import { post, standIn } from "./stand-in.ts";
import type { Run } from "./stand-in.ts";

/** The bounds that are reached until it is disposed. */
function heardBounds(): Disposable & { readonly names: readonly string[] } {
  const names: string[] = [];
  const listen = (event: unknown): void => void names.push((event as BoundEvent).bound);
  bounds.subscribe(listen);
  return { names, [Symbol.dispose]: () => void bounds.unsubscribe(listen) };
}

async function served(options: ServeOptions, run?: Run): Promise<Serving & AsyncDisposable> {
  const serving = await serve(standIn(run), { port: 0, drainDelay: 0, ...options });
  return Object.assign(serving, {
    async [Symbol.asyncDispose]() {
      serving.server.closeAllConnections();
      await serving.close();
    },
  });
}

interface Refused {
  readonly bound: string;
  readonly status: number;
  readonly options?: ServeOptions;
  ask(url: string): Promise<Response>;
}

const gzipped = (body: string): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", "content-encoding": "gzip" },
  body: gzipSync(body),
});

function formOf(count: number, make: (form: FormData, at: number) => void): FormData {
  const form = new FormData();
  for (let i = 0; i < count; i++) make(form, i);
  return form;
}

const send = (url: string, body: FormData): Promise<Response> =>
  fetch(url, { method: "POST", body });

const refusals: readonly Refused[] = [
  {
    bound: "limits.json",
    status: 413,
    options: { limits: { json: 10 } },
    ask: (url) => post(url, { text: "ten bytes" }),
  },
  {
    bound: "limits.form",
    status: 413,
    options: { limits: { form: 10 } },
    ask: (url) =>
      send(
        url,
        formOf(1, (form) => form.append("text", "ten bytes")),
      ),
  },
  {
    bound: "limits.all",
    status: 413,
    options: { limits: { all: 100 } },
    ask: (url) => post(url, { text: "a".repeat(100) }),
  },
  {
    bound: "limits.ratio",
    status: 413,
    ask: (url) => fetch(url, gzipped(JSON.stringify({ text: "a".repeat(4 << 20) }))),
  },
  {
    bound: "limits.requestsPerMinute",
    status: 429,
    options: { limits: { requestsPerMinute: 1 } },
    ask: (url) => post(url, { text: "a" }).then(() => post(url, { text: "a" })),
  },
];

test.each(refusals)("a refusal by $bound names it, and it is counted", async (each) => {
  await using serving = await served(each.options ?? {});
  using heard = heardBounds();
  const reply = await each.ask(`${serving.url}/v1/echo`);
  const { error } = await reply.json();
  expect([reply.status, heard.names]).toEqual([each.status, [each.bound]]);
  expect(error.message).toContain(`(${each.bound})`);
});

/** Refusals by rules and by what is fixed, whose messages say it in words. */
const others: readonly Refused[] = [
  {
    bound: "limits.encodings",
    status: 415,
    options: { limits: { encodings: [] } },
    ask: (url) => fetch(url, gzipped("{}")),
  },
  {
    bound: "form.fields",
    status: 413,
    ask: (url) =>
      send(
        url,
        formOf(1_001, (form, i) => form.append(`field${i}`, "")),
      ),
  },
  {
    bound: "form.files",
    status: 413,
    ask: (url) =>
      send(
        url,
        formOf(65, (form) => form.append("image", new File(["a"], "a.png"))),
      ),
  },
  {
    bound: "json.parts",
    status: 400,
    ask: (url) => post(url, `[${"[],".repeat(100_000)}[]]`),
  },
  {
    bound: "origins",
    status: 403,
    ask: (url) => post(url, { text: "a" }, { origin: "https://evil.example" }),
  },
];

test.each(others)("a refusal by $bound is counted", async (each) => {
  await using serving = await served(each.options ?? {});
  using heard = heardBounds();
  const reply = await each.ask(`${serving.url}/v1/echo`);
  expect([reply.status, heard.names]).toEqual([each.status, [each.bound]]);
});

const forEver: Run = (_input, { signal }) =>
  new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason)));

interface Closed {
  readonly bound: string;
  readonly options: ServeOptions;
  readonly sent: string;
  /** Of the replies. */
  readonly statuses: readonly number[];
}

const asked = `${postHead("/v1/echo", 12)}{"text":"a"}`;

const closings: readonly Closed[] = [
  {
    bound: "connections.headersTimeout",
    options: { connections: { headersTimeout: 50 } },
    sent: "GET /health HTTP/1.1\r\nhost:",
    statuses: [408],
  },
  {
    bound: "connections.keepAliveTimeout",
    options: { connections: { keepAliveTimeout: 50 } },
    sent: get("/health"),
    statuses: [200],
  },
  {
    bound: "connections.maxRequests",
    options: { connections: { maxRequests: 2 } },
    sent: get("/health").repeat(2),
    statuses: [200, 200],
  },
  {
    bound: "connections.pipelined",
    options: {},
    sent: asked.repeat(40),
    statuses: [],
  },
  {
    bound: "headers.bytes",
    options: {},
    sent: `GET /health HTTP/1.1\r\nhost: localhost\r\nx-long: ${"a".repeat(20_000)}\r\n\r\n`,
    statuses: [431],
  },
  {
    bound: "bodyTimeout",
    options: { bodyTimeout: 50 },
    sent: `${postHead("/v1/echo", 12)}{"te`,
    statuses: [408],
  },
];

test.each(closings)("a connection that $bound closes is counted", async (each) => {
  await using serving = await served(each.options, forEver);
  using heard = heardBounds();
  const reply = await rawClient(serving.url, each.sent).closed;
  expect(statuses(reply)).toEqual(each.statuses);
  expect(heard.names).toEqual([each.bound]);
});

test("requests that the deadline ends are told so, and it is counted", async () => {
  await using serving = await served({ deadline: 50 }, forEver);
  using heard = heardBounds();
  const asking = post(`${serving.url}/v1/echo`, { text: "a" });
  await new Promise((resolve) => serving.server.once("request", resolve));
  await serving.close();
  const reply = await asking;
  expect([reply.status, (await reply.json()).error.message]).toEqual([
    503,
    "The server is shutting down, and its deadline of 0.05 s is over (deadline). Try again later.",
  ]);
  expect(heard.names).toEqual(["deadline"]);
});

test("metrics count bounds by their names", async () => {
  using metrics = openMetrics(standIn());
  await using serving = await served({ limits: { json: 10 } });
  for (let i = 0; i < 3; i++) await post(`${serving.url}/v1/echo`, { text: "ten bytes" });
  const { text } = await metrics.read();
  expect(text).toMatch(/^kindred_bound_reached_total\{bound="limits\.json"\} 3$/m);
});
