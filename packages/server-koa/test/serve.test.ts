import { connect } from "node:net";
import { KernelError } from "@kindred/core";
import { expect, test, vi } from "vitest";
import { serve } from "../src/serve.ts";
import { deferred, post, standIn } from "./stand-in.ts";

const patience = { timeout: 60_000 };

test("it listens at its url", async () => {
  const serving = await serve(standIn(), { port: 0 });
  expect((await fetch(`${serving.url}/health`)).status).toBe(200);
  await serving.close();
});

test("a taken port is an error", async () => {
  const serving = await serve(standIn(), { port: 0 });
  const port = Number(new URL(serving.url).port);
  await expect(serve(standIn(), { port })).rejects.toThrow("EADDRINUSE");
  await serving.close();
});

test.each([
  ["a body that stops half-way", 400, 'content-length: 500\r\n\r\n{"text"'],
  ["headers without end", 431, `x: ${"x".repeat(20_000)}`],
  ["what is no header", 400, "\u0001\r\n\r\n"],
])("%s gets an envelope too", async (_, status, rest) => {
  const serving = await serve(standIn(), { port: 0 });
  const { port } = new URL(serving.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.end(
    `POST /v1/echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${rest}`,
  );
  const reply = Buffer.concat(await socket.toArray()).toString();
  const [head = "", body = ""] = reply.split("\r\n\r\n");
  expect(head).toMatch(`HTTP/1.1 ${status} `);
  expect(JSON.parse(body).error).toMatchObject({ type: "invalid_request_error", param: null });
  expect((await fetch(`${serving.url}/health`)).status).toBe(200);
  await serving.close();
});

test("closing serves new requests for the drain delay, then refuses them, finishes running ones and closes the kernel", async () => {
  const order: string[] = [];
  const started = deferred();
  const finish = deferred();
  const kernel = standIn(
    async () => {
      started.resolve();
      await finish.promise;
      return "done";
    },
    () => order.push("kernel"),
  );
  const serving = await serve(kernel, { port: 0, drainDelay: 300 });
  serving.server.on("request", ({ url }, response) =>
    response.once("finish", () => url === "/v1/echo" && order.push("reply")),
  );
  const request = post(`${serving.url}/v1/echo`, { text: "a" });
  await started.promise;
  const closing = serving.close();
  const drained = await fetch(`${serving.url}/health`);
  expect([drained.status, drained.headers.get("connection")]).toEqual([200, "close"]);
  await vi.waitUntil(() => !serving.server.listening, patience);
  await expect(fetch(`${serving.url}/health`)).rejects.toThrow();
  finish.resolve();
  expect((await (await request).json()).output).toBe("done");
  await Promise.all([closing, serving.close()]);
  expect(order).toEqual(["reply", "kernel"]);
});

test("a connection that its client keeps alive does not hold up closing", async () => {
  const started = deferred();
  const finish = deferred();
  const kernel = standIn(() => {
    started.resolve();
    return finish.promise;
  });
  const serving = await serve(kernel, { port: 0, deadline: 600_000 });
  serving.server.keepAliveTimeout = 0;
  const socket = connect(Number(new URL(serving.url).port), "127.0.0.1");
  const body = '{"text":"a"}';
  const headers = `host: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  socket.write(`POST /v1/echo HTTP/1.1\r\n${headers}\r\n\r\n${body}`);
  socket.resume();
  await started.promise;
  const closing = serving.close();
  finish.resolve();
  await closing;
  socket.destroy();
});

test("a request that is still running at the deadline is answered CLOSED", async () => {
  const started = deferred();
  const kernel = standIn((_input, { signal }) => {
    started.resolve();
    return new Promise((_, reject) =>
      signal!.addEventListener("abort", () => reject(signal!.reason)),
    );
  });
  const serving = await serve(kernel, { port: 0, deadline: 20 });
  const request = post(`${serving.url}/v1/echo`, { text: "a" });
  await started.promise;
  await serving.close();
  const response = await request;
  expect(response.status).toBe(503);
  expect((await response.json()).error.code).toBe("CLOSED");
});

test.each(["before", "after"])(
  "a signal that aborts %s the server listens aborts its requests, with its reason",
  async (when) => {
    const ending = new AbortController();
    const abort = (): void => ending.abort(new KernelError("OVERLOADED", "Enough."));
    if (when === "before") abort();
    const serving = await serve(standIn(), { port: 0, drainDelay: 0, signal: ending.signal });
    abort();
    const response = await post(`${serving.url}/v1/echo`, { text: "a" });
    expect((await response.json()).error).toMatchObject({ code: "OVERLOADED", message: "Enough." });
    await serving.close();
  },
);

test("a deadline longer than any timer lets requests finish", async () => {
  const started = deferred();
  const finish = deferred();
  const kernel = standIn(async (_input, { signal }) => {
    started.resolve();
    await finish.promise;
    return signal!.aborted;
  });
  const serving = await serve(kernel, { port: 0, deadline: Infinity });
  const request = post(`${serving.url}/v1/echo`, { text: "a" });
  await started.promise;
  const closing = serving.close();
  // Longer than a timer takes that overflows.
  await new Promise((resolve) => setTimeout(resolve, 100));
  finish.resolve();
  expect((await (await request).json()).output).toBe(false);
  await closing;
});
