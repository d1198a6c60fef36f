import { connect } from "node:net";
import { silent } from "@kindred/core";
import Koa from "koa";
import { expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { openai } from "../src/openai.ts";
import { serve } from "../src/serve.ts";
import { listen, post, standIn } from "./stand-in.ts";

test.each([
  ["GET", "/health", 200],
  ["GET", "/ready", 503],
  ["GET", "/", 200],
  ["GET", "/playground/main.js", 200],
  ["GET", "/v1/models", 200],
  ["HEAD", "/v1/models", 200],
  ["GET", "/nothing", 404],
  ["PUT", "/health", 404],
  ["DELETE", "/v1/models", 405],
  ["POST", "/v1/echo", 415],
  ["GET", "/v1/files/none.png", 404],
  ["GET", "/v1/models/%E0%A4%A", 404],
])("%s %s (%i) has an id", async (method, path, status) => {
  await using server = await listen(createApp(standIn()));
  const own = await fetch(server.url + path, { method });
  expect([own.status, own.headers.get("x-request-id")]).toEqual([
    status,
    expect.stringMatching(/^req_[\w-]{36}$/),
  ]);
  const headers = { "x-request-id": "mine" };
  const named = await fetch(server.url + path, { method, headers });
  expect(named.headers.get("x-request-id")).toBe("mine");
});

test("a path that is not served has a line in the log with its id", async () => {
  const lines: object[] = [];
  const logger = { ...silent, info: (facts: object) => lines.push(facts) };
  await using server = await listen(createApp(standIn(), { logger }));
  const missing = await fetch(`${server.url}/nothing`);
  const id = missing.headers.get("x-request-id");
  await expect.poll(() => lines).toMatchObject([{ path: "/nothing", status: 404, id }]);
});

test("the application's own id is kept, in the reply and in the log", async () => {
  const lines: object[] = [];
  const logger = { ...silent, info: (facts: object) => lines.push(facts) };
  const app = new Koa();
  app.use((ctx, next) => {
    ctx.set("x-request-id", "theirs");
    return next();
  });
  app.use(openai(standIn(), { logger }));
  await using server = await listen(app);
  const reply = await post(`${server.url}/v1/echo`, { text: "a" }, { "x-request-id": "client" });
  expect(reply.headers.get("x-request-id")).toBe("theirs");
  await expect.poll(() => lines).toMatchObject([{ id: "theirs" }]);
});

test.each([
  ["is not HTTP", "nonsense\r\n\r\n", 400],
  [
    "has headers that are too large",
    `GET / HTTP/1.1\r\nhost: localhost\r\na: ${"a".repeat(20_000)}\r\n\r\n`,
    431,
  ],
  ["names no host", "GET /v1/models HTTP/1.1\r\n\r\n", 400],
  ["expects what nobody has", "GET / HTTP/1.1\r\nhost: localhost\r\nexpect: tea\r\n\r\n", 417],
])("a request that %s is answered with an id and an envelope", async (_, sent, status) => {
  const lines: object[] = [];
  const logger = { ...silent, info: (facts: object) => lines.push(facts) };
  const serving = await serve(standIn(), { port: 0, logger });
  const socket = connect(Number(new URL(serving.url).port), "127.0.0.1");
  let reply = "";
  socket.setEncoding("utf8").on("data", (text: string) => (reply += text));
  socket.write(sent);
  await expect.poll(() => reply).toMatch(/\r\n\r\n\{.*\}$/);
  socket.destroy();
  await serving.close();
  expect(reply).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  const [, id] = /\r\nx-request-id: (req_[\w-]{36})\r\n/i.exec(reply) ?? [];
  expect(lines).toMatchObject([{ id, status }]);
  expect(reply).toMatch(/\r\nx-should-retry: false\r\n/i);
  expect(JSON.parse(reply.slice(reply.indexOf("\r\n\r\n"))).error.code).toBe("INVALID_INPUT");
});
