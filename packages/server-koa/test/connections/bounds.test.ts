import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { serve } from "../../src/serve.ts";
import type { ServeOptions, Serving } from "../../src/serve.ts";
import { post, standIn } from "../stand-in.ts";
import type { Run } from "../stand-in.ts";
import { get, postHead, rawClient, statuses } from "./raw-client.ts";

const patience = { timeout: 60_000 };

type Bounds = NonNullable<ServeOptions["connections"]>;

async function serveWithin(connections: Bounds, run?: Run): Promise<Serving & AsyncDisposable> {
  const serving = await serve(standIn(run), { port: 0, drainDelay: 0, connections });
  const end = async () => {
    serving.server.closeAllConnections();
    await serving.close();
  };
  return Object.assign(serving, { [Symbol.asyncDispose]: end });
}

const forEver: Run = (_input, { signal }) =>
  new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason)));

function open({ server }: Serving): Promise<number> {
  return new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
}

test("a client that is slow with its headers is answered 408 in an envelope", async () => {
  await using serving = await serveWithin({ headersTimeout: 50 });
  const reply = await rawClient(serving.url, "GET /health HTTP/1.1\r\nhost:").closed;
  expect(statuses(reply)).toEqual([408]);
  expect(reply).toMatch('"type":"invalid_request_error"');
});

test("so is one that sends nothing", async () => {
  await using serving = await serveWithin({ headersTimeout: 50 });
  expect(statuses(await rawClient(serving.url).closed)).toEqual([408]);
});

test("an idle connection is closed after a while", async () => {
  await using serving = await serveWithin({ keepAliveTimeout: 50 });
  expect(statuses(await rawClient(serving.url, get("/health")).closed)).toEqual([200]);
});

test("an idle connection is kept for longer than balancers keep theirs", async () => {
  await using serving = await serveWithin({});
  const reply = await fetch(`${serving.url}/health`);
  const [, seconds] = /timeout=(\d+)/.exec(reply.headers.get("keep-alive")!)!;
  expect(Number(seconds)).toBeGreaterThan(60);
});

test("the last request of a connection closes it", async () => {
  await using serving = await serveWithin({ maxRequests: 3 });
  const reply = await rawClient(serving.url, get("/health").repeat(4)).closed;
  expect(statuses(reply)).toEqual([200, 200, 200]);
  expect(reply.match(/connection: close/gi)).toHaveLength(1);
});

test("a reader that takes nothing of a reply is disconnected", async () => {
  await using serving = await serveWithin({ replyTimeout: 100 }, () => "x".repeat(20 << 20));
  const client = rawClient(serving.url, `${postHead("/v1/echo", 12)}{"text":"a"}`);
  await once(client.socket, "data");
  client.socket.pause();
  await vi.waitUntil(async () => (await open(serving)) === 0, patience);
  client.socket.destroy();
});

test("a reader that takes a reply slowly gets all of it", async () => {
  const length = 20 << 20;
  await using serving = await serveWithin({ replyTimeout: 2_000 }, () => "x".repeat(length));
  const client = rawClient(serving.url, `${postHead("/v1/echo", 12)}{"text":"a"}`);
  client.socket.on("data", () => {
    client.socket.pause();
    setTimeout(() => client.socket.resume(), 15);
  });
  await vi.waitUntil(() => client.text.length > length || client.socket.destroyed, patience);
  expect(client.text.length).toBeGreaterThan(length);
  client.socket.destroy();
});

test("a reply may take longer to make than its reader may take to read", async () => {
  const run: Run = async () => {
    await sleep(300);
    return "late";
  };
  await using serving = await serveWithin({ replyTimeout: 50 }, run);
  const reply = await post(`${serving.url}/v1/echo`, { text: "a" });
  expect((await reply.json()).output).toBe("late");
});

test("beyond the most connections, the one that is idle for longest gives way", async () => {
  await using serving = await serveWithin({ max: 2 });
  const oldest = rawClient(serving.url, get("/health"));
  await vi.waitUntil(() => statuses(oldest.text).length === 1, patience);
  const newer = rawClient(serving.url, get("/health"));
  await vi.waitUntil(() => statuses(newer.text).length === 1, patience);
  await sleep(1_100);
  const newest = rawClient(serving.url, get("/health"));
  await vi.waitUntil(() => statuses(newest.text).length === 1, patience);
  await oldest.closed;
  expect([newer.socket.destroyed, newest.socket.destroyed]).toEqual([false, false]);
});

test("a client beyond the most connections is answered 503 while all others are busy", async () => {
  await using serving = await serveWithin({ max: 1 }, forEver);
  const busy = rawClient(serving.url, `${postHead("/v1/echo", 12)}{"text":"a"}`);
  await once(serving.server, "request");
  await sleep(1_100);
  const refused = rawClient(serving.url, get("/health"));
  await once(refused.socket, "end");
  expect(statuses(refused.text)).toEqual([503]);
  expect(refused.text).toMatch(
    "The server has 1 connections, the most it takes (connections.max).",
  );
  busy.socket.destroy();
  await busy.closed;
  await vi.waitUntil(
    async () => (await fetch(`${serving.url}/health`).catch(() => undefined))?.ok,
    patience,
  );
});

test("clients beyond the most connections read why, however many there are and whatever they send", async () => {
  await using serving = await serveWithin({ max: 1 }, forEver);
  const busy = rawClient(serving.url, `${postHead("/v1/echo", 12)}{"text":"a"}`);
  await once(serving.server, "request");
  const mute = Array.from({ length: 150 }, () => rawClient(serving.url));
  for (const { socket } of mute) socket.pause();
  await Promise.all(mute.map(({ socket }) => once(socket, "connect")));
  const body = "a".repeat(1 << 20);
  for (const sent of [get("/health"), `${postHead("/v1/echo", body.length)}${body}`]) {
    const refused = rawClient(serving.url, sent);
    expect(statuses(await refused.closed)).toEqual([503]);
    expect(refused.socket.errored).toBeNull();
  }
  for (const { socket } of [busy, ...mute]) socket.destroy();
});

test.each<[string, unknown, RegExp]>([
  [
    "drainDelay",
    "soon",
    /drainDelay must be a number of milliseconds, from 0 to 2147483647, not "soon"/,
  ],
  ["drainDelay", Infinity, /drainDelay must be a number of milliseconds/],
  ["deadline", -1, /deadline must be a number of milliseconds, 0 or more, not -1/],
  ["bodyTimeout", NaN, /bodyTimeout must be a number of milliseconds, 0 or more, not NaN/],
  [
    "connections",
    { max: 0 },
    /connections.max must be a whole number, 1 or more, or Infinity, not 0/,
  ],
  ["connections", { maxRequests: "9" }, /connections.maxRequests must be .* not "9"/],
  ["connections", { headersTimeout: null }, /connections.headersTimeout must be .* not null/],
  ["connections", { maximum: 3 }, /no option connections.maximum. Options are max, maxRequests/],
  ["drain", 3, /no option "drain"/],
])("serve refuses %s: %j", async (name, value, message) => {
  const options = { port: 0, [name]: value } as ServeOptions;
  await expect(serve(standIn(), options)).rejects.toThrow(message);
});
