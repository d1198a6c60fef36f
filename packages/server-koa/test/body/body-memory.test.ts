import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import Koa from "koa";
import { koaBody } from "koa-body";
import { expect, test, vi } from "vitest";
import { BodyMemory } from "../../src/body/body-memory.ts";
import { bodyReader } from "../../src/body/read-body.ts";
import type { BodyLimits } from "../../src/body/read-body.ts";
import { createApp } from "../../src/app.ts";
import { exchange } from "../../src/exchange.ts";
import { deferred, listen, post, standIn } from "../stand-in.ts";

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const text = "a".repeat(1 << 20);

/** An application that reads bodies and waits for `answer`. */
function reading(memory: BodyMemory, answer: () => unknown, limits: BodyLimits = {}): Koa {
  const read = bodyReader({ bodies: limits }, memory);
  const handler = exchange(
    async (ctx, each) => {
      await read(ctx, each);
      await answer();
      ctx.body = {};
    },
    { logger },
  );
  return new Koa().use(handler);
}

test("bodies count together until their replies have ended, and one too many is refused with a time", async () => {
  const memory = new BodyMemory(() => 12 << 20);
  const finish = deferred();
  let waiting = 0;
  const app = reading(memory, () => ((waiting += 1), finish.promise));
  await using server = await listen(app);
  const held = [post(server.url, { text }), post(server.url, { text })];
  await vi.waitUntil(() => waiting === 2);
  expect(memory.heldBytes).toBeGreaterThan(4 << 20);
  const refused = await post(server.url, { text: text.repeat(2) });
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect((await refused.json()).error).toMatchObject({
    code: "OVERLOADED",
    message: expect.stringMatching(/other requests take 4\.19 MB of 9\.44 MB.*again later/),
  });
  finish.resolve();
  for (const { status } of await Promise.all(held)) expect(status).toBe(200);
  expect((await post(server.url, { text: text.repeat(2) })).status).toBe(200);
  await vi.waitUntil(() => memory.heldBytes === 0);
});

test("small bodies have room where large ones have none", async () => {
  const memory = new BodyMemory(() => 8 << 20);
  const others = memory.hold();
  others.grow(memory.maxBodyBytes);
  await using server = await listen(reading(memory, () => {}));
  expect((await post(server.url, { text })).status).toBe(429);
  expect((await post(server.url, { text: "a" })).status).toBe(200);
});

const boundary = "--x\r\ncontent-disposition: form-data; name=a; filename=b\r\n\r\n";
const beginnings: readonly (readonly [string, string, string | Buffer])[] = [
  ["application/json", "", `{"text":"${"a".repeat(50_000)}`],
  ["application/json", "content-encoding: gzip\r\n", gzipSync(randomBytes(50_000))],
  ["application/json", "content-encoding: br\r\n", brotliCompressSync(randomBytes(50_000))],
  ["multipart/form-data; boundary=x", "", boundary + "a".repeat(50_000)],
];

test("nothing is counted any more after 400 clients that hung up at some moment", async () => {
  const memory = new BodyMemory();
  const app = reading(memory, () => sleep(5));
  app.silent = true;
  await using server = await listen(app);
  let most = 0;
  const hangUp = async (i: number): Promise<void> => {
    const [type, header, bytes] = beginnings[i % beginnings.length]!;
    const socket = connect(server.port, "127.0.0.1").on("error", () => {});
    const length = i % 3 === 0 ? Buffer.byteLength(bytes) : 90_000;
    socket.write(
      `POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\n${header}content-length: ${length}\r\n\r\n`,
    );
    socket.write(bytes);
    await sleep(Math.random() * 20);
    most = Math.max(most, memory.heldBytes);
    socket.destroy();
    await once(socket, "close");
  };
  for (let i = 0; i < 400; i += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, k) => hangUp(i + k)));
  }
  expect(most).toBeGreaterThan(0);
  await vi.waitUntil(() => memory.heldBytes === 0);
  const reply = await post(server.url, { text });
  expect(reply.status).toBe(200);
  await vi.waitUntil(() => memory.heldBytes === 0);
});

test("what is decoded of a body counts until its reply has ended, and too much of it is refused", async () => {
  const memory = new BodyMemory(() => 12 << 20);
  const finish = deferred();
  let waiting = 0;
  const read = bodyReader({ bodies: {} }, memory);
  const handler = exchange(
    async (ctx, each) => {
      const { value, hold } = await read(ctx, each);
      hold((value as { bytes: number }).bytes);
      waiting += 1;
      await finish.promise;
      ctx.body = {};
    },
    { logger },
  );
  await using server = await listen(new Koa().use(handler));
  const held = post(server.url, { bytes: 8 << 20 });
  await vi.waitUntil(() => waiting === 1);
  expect(memory.heldBytes).toBeGreaterThan(8 << 20);
  expect((await post(server.url, { bytes: 2 << 20 })).status).toBe(429);
  expect((await post(server.url, { bytes: 11 << 20 })).status).toBe(413);
  finish.resolve();
  expect((await held).status).toBe(200);
  await vi.waitUntil(() => memory.heldBytes === 0);
});

test("what is released is not counted again, and released once", () => {
  const memory = new BodyMemory(() => 1000);
  const held = memory.hold();
  held.grow(100);
  held.release();
  held.release();
  held.grow(100);
  expect(memory.heldBytes).toBe(0);
});

test("a body that the application's own parser has read counts by its length", async () => {
  const memory = new BodyMemory(() => 12 << 20);
  const finish = deferred();
  const app = new Koa().use(koaBody({ jsonLimit: "10mb" }));
  app.use((ctx, next) => reading(memory, () => finish.promise).middleware[0]!(ctx, next));
  await using server = await listen(app);
  const held = post(server.url, { text });
  await vi.waitUntil(() => memory.heldBytes > 2 << 20);
  finish.resolve();
  expect((await held).status).toBe(200);
  expect((await post(server.url, { text: text.repeat(6) })).status).toBe(413);
  await vi.waitUntil(() => memory.heldBytes === 0);
});

test("inflation stops at the bound of its ratio", async () => {
  const memory = new BodyMemory();
  await using server = await listen(reading(memory, () => {}));
  const body = brotliCompressSync(JSON.stringify({ text: text.repeat(30) }));
  expect(body.length).toBeLessThan(200);
  const headers = { "content-type": "application/json", "content-encoding": "br" };
  const reply = await fetch(server.url, { method: "POST", headers, body });
  expect(reply.status).toBe(413);
  expect((await reply.json()).error.message).toBe(
    "The body inflates to more than 100 times its bytes (limits.ratio). Send it uncompressed.",
  );
  await vi.waitUntil(() => memory.heldBytes === 0);
});

test("compression may be refused, all of it or some", async () => {
  const headers = { "content-encoding": "gzip", "content-type": "application/json" };
  for (const [encodings, advice] of [
    [[], "Send the body uncompressed."],
    [["br"], "Send br or none."],
  ] as const) {
    await using server = await listen(createApp(standIn(), { limits: { encodings } }));
    const body = gzipSync('{"text":"a"}');
    const reply = await fetch(`${server.url}/v1/echo`, { method: "POST", headers, body });
    expect(reply.status).toBe(415);
    expect((await reply.json()).error.message).toBe(`The content encoding is "gzip". ${advice}`);
  }
});

test("a compressed form is a 415", async () => {
  await using server = await listen(createApp(standIn()));
  const headers = {
    "content-type": "multipart/form-data; boundary=x",
    "content-encoding": "gzip",
  };
  const reply = await fetch(`${server.url}/v1/echo`, { method: "POST", headers, body: "x" });
  expect(reply.status).toBe(415);
});
