import { once } from "node:events";
import { Agent, get } from "node:http";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { serve } from "../../src/serve.ts";
import type { Serving } from "../../src/serve.ts";
import { deferred, listen, post, standIn } from "../stand-in.ts";
import { rawClient, statuses } from "./raw-client.ts";
import { get as textOf } from "./raw-client.ts";

const patience = { timeout: 60_000 };

async function ready(url: string): Promise<[number, unknown]> {
  const reply = await fetch(`${url}/ready`);
  return [reply.status, await reply.json()];
}

test("/ready answers 503 as soon as the server closes, also where all models are ready", async () => {
  const kernel = standIn();
  kernel.models = () => [];
  const serving = await serve(kernel, { port: 0, drainDelay: 300 });
  expect(await ready(serving.url)).toEqual([200, { ready: true, models: [] }]);
  const closing = serving.close();
  expect(await ready(serving.url)).toEqual([503, { ready: false, closing: true, models: [] }]);
  await closing;
});

test("an application of one's own says that it closes", async () => {
  const closing = new AbortController();
  const kernel = standIn();
  kernel.models = () => [];
  await using server = await listen(createApp(kernel, { closing: closing.signal }));
  const before = await fetch(`${server.url}/health`);
  expect(before.headers.get("connection")).toBe("keep-alive");
  closing.abort();
  expect((await ready(server.url))[0]).toBe(503);
  const after = await fetch(`${server.url}/health`);
  expect([after.status, after.headers.get("connection")]).toEqual([200, "close"]);
});

test("the reply to a request that came before closes its connection", async () => {
  const started = deferred();
  const finish = deferred();
  const kernel = standIn(async () => {
    started.resolve();
    await finish.promise;
  });
  const serving = await serve(kernel, { port: 0, drainDelay: 300 });
  const asked = post(`${serving.url}/v1/echo`, { text: "a" });
  await started.promise;
  const closing = serving.close();
  finish.resolve();
  expect((await asked).headers.get("connection")).toBe("close");
  await closing;
});

/** Asks on a new connection. Resolves to the reply's status, or the error's code. */
async function ask({ url }: Serving, agent: Agent | false = false): Promise<unknown> {
  try {
    const [reply] = (await once(get(`${url}/health`, { agent }), "response")) as [IncomingMessage];
    reply.resume();
    await once(reply, "close");
    return reply.statusCode;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

test("none of many that connect at once as the server closes is lost", async () => {
  for (const drainDelay of [0, 20]) {
    const serving = await serve(standIn(), { port: 0, drainDelay });
    const asked = Array.from({ length: 200 }, () => ask(serving));
    const closing = serving.close();
    expect(new Set(await Promise.all(asked)), `drainDelay ${drainDelay}`).toEqual(new Set([200]));
    await closing;
  }
});

test("a client that goes on asking on one connection loses nothing", async () => {
  const serving = await serve(standIn(), { port: 0, drainDelay: 200 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const told: unknown[] = [];
  const asking = (async () => {
    while (told.at(-1) !== "ECONNREFUSED") told.push(await ask(serving, agent));
  })();
  await vi.waitUntil(() => told.length > 10, patience);
  await serving.close();
  await asking;
  agent.destroy();
  expect(new Set(told)).toEqual(new Set([200, "ECONNREFUSED"]));
});

test("a connection that has sent nothing may still send a request after the drain delay", async () => {
  const serving = await serve(standIn(), { port: 0, drainDelay: 0 });
  const client = rawClient(serving.url);
  await once(serving.server, "connection");
  const closing = serving.close();
  await vi.waitUntil(() => !serving.server.listening, patience);
  await sleep(100);
  client.socket.write(textOf("/health"));
  expect(statuses(await client.closed)).toEqual([200]);
  await closing;
});

test("connections that never send a request do not hold up closing until the deadline", async () => {
  const serving = await serve(standIn(), { port: 0, drainDelay: 0, deadline: 600_000 });
  const silent = rawClient(serving.url);
  await once(serving.server, "connection");
  await serving.close();
  expect(await silent.closed).toBe("");
});
