import { KernelError, silent } from "@kindred/core";
import type { Call, Endpoint } from "@kindred/core";
import Koa from "koa";
import { expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { openai } from "../../src/openai.ts";
import { echoKernel } from "../echo-kernel.ts";
import { deferred, endpoint, listen, post, standIn } from "../stand-in.ts";

test("a request goes through schema, decode, kernel and encode", async () => {
  await using server = await listen(createApp(standIn(({ text, times }) => [text, times])));
  const response = await post(`${server.url}/v1/echo`, {
    model: "birds/grey parrot",
    text: "hello",
    times: "3",
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(Number(response.headers.get("openai-processing-ms"))).toBeGreaterThanOrEqual(0);
  expect(await response.json()).toEqual({ model: "birds/grey parrot", output: ["hello", 3] });
});

test("without a model the only one of the task answers, and the reply names it", async () => {
  await using server = await listen(createApp(standIn()));
  const reply = await (await post(`${server.url}/v1/echo`, { text: "hi", model: null })).json();
  expect(reply).toEqual({ model: "parrot", output: "hi" });
});

test("without a model the only one that is ready answers, and the reply and the log name it", async () => {
  await using kernel = await echoKernel(({ text }) => text);
  await expect(kernel.load({ id: "dodo", source: "/no/such/folder" })).rejects.toThrow();
  const line = deferred<object>();
  const logger = { ...silent, info: line.resolve };
  await using server = await listen(createApp(kernel, { logger }));
  const reply = await (await post(`${server.url}/v1/echo`, { text: "hi" })).json();
  expect(reply).toEqual({ model: "parrot", output: "hi" });
  expect(await line.promise).toMatchObject({ model: "parrot", task: "echo" });
});

test("without a model a request is refused when several could be meant", async () => {
  await using kernel = await echoKernel(({ text }) => text, ["parrot", "parakeet"]);
  await using server = await listen(createApp(kernel));
  const response = await post(`${server.url}/v1/echo`, { text: "hi" });
  expect(response.status).toBe(400);
  const { error } = await response.json();
  expect(error).toMatchObject({ code: "INVALID_INPUT", param: "model" });
  expect(error.message).toContain('"parrot", "parakeet"');
});

test("the reply warns of fields without effect, and has no warnings otherwise", async () => {
  await using server = await listen(createApp(standIn()));
  const reply = await (await post(`${server.url}/v1/echo`, { text: "hi", user: "me" })).json();
  expect(reply.warnings).toEqual(["user has no effect here."]);
});

test("a file is refused when there is no store", async () => {
  await using server = await listen(createApp(standIn()));
  const response = await post(`${server.url}/v1/echo`, { text: "hi", keep: true });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { code: "UNSUPPORTED", param: "response_format" },
  });
});

test.each([
  [{}, "text"],
  [{ text: "" }, "text"],
  [{ text: ["a", 5] }, "text[1]"],
  [{ text: "a", colour: "red", shape: 1 }, "colour"],
  [{ text: "a", kwargs: {} }, "kwargs.size"],
  [{ text: "a", times: "many" }, "times"],
])("%j is refused, naming %s", async (body, param) => {
  await using server = await listen(createApp(standIn()));
  const response = await post(`${server.url}/v1/echo`, body);
  expect(response.status).toBe(400);
  const { error, detail } = await response.json();
  expect(error).toMatchObject({ type: "invalid_request_error", code: "INVALID_INPUT", param });
  expect(error.message).toContain(param);
  expect(detail).toBe(error.message);
});

test("a kernel's error has its status, its headers and the client's field name", async () => {
  const error = new KernelError("OVERLOADED", "32 wait.", { param: "repetitions", retryAfter: 2 });
  await using server = await listen(createApp(standIn(() => Promise.reject(error))));
  const response = await post(`${server.url}/v1/echo`, { text: "a" });
  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toBe("2");
  expect((await response.json()).error).toEqual({
    message: "32 wait.",
    type: "rate_limit_error",
    param: "times",
    code: "OVERLOADED",
  });
});

test("a schema's error names the client's field, also when a task's field is called so", async () => {
  await using server = await listen(createApp(standIn()));
  const response = await post(`${server.url}/v1/echo`, { text: "a", repetitions: 2 });
  expect((await response.json()).error.param).toBe("repetitions");
});

test("the first of many unknown keys are named, and the beginning of a long one", async () => {
  await using server = await listen(createApp(standIn()));
  const messageOf = async (fields: object): Promise<string> =>
    (await (await post(`${server.url}/v1/echo`, { text: "a", ...fields })).json()).error.message;
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1]));
  expect(await messageOf(many)).toBe('k0: Unrecognized keys: "k0", "k1", "k2" and 4997 more.');
  expect(await messageOf({ a: 1, b: 2 })).toBe('a: Unrecognized keys: "a", "b".');
  const long = "k".repeat(100_000);
  const short = `${"k".repeat(40)}…`;
  expect(await messageOf({ [long]: 1 })).toBe(`${short}: Unrecognized key: "${short}".`);
});

test("a long reply arrives whole", async () => {
  const rows = Array.from({ length: 200 }, (_, row) => new Float32Array(1_024).fill(row / 7));
  await using server = await listen(createApp(standIn(() => rows)));
  const { output } = await (await post(`${server.url}/v1/echo`, { text: "a" })).json();
  expect(output).toEqual(rows.map((row) => Array.from(row)));
});

test("the kernel hears the request's id, and the caller that the application names", async () => {
  const calls: Partial<Call>[] = [];
  const app = new Koa();
  app.use((ctx, next) => {
    ctx.state["caller"] = ctx.get("x-caller") || 7;
    return next();
  });
  app.use(openai(standIn((_input, call) => void calls.push(call))));
  await using server = await listen(app);
  const ask = (headers: Record<string, string>) =>
    post(`${server.url}/v1/echo`, { text: "a" }, { "x-request-id": "mine", ...headers });
  await ask({ "x-caller": "the team" });
  await ask({});
  expect(calls.map(({ id, caller }) => [id, caller])).toEqual([
    ["mine", "the team"],
    ["mine", undefined],
  ]);
});

test.each([false, true])(
  "an encoder's error has the client's field name (stream: %s)",
  async (stream) => {
    const refused = new KernelError("UNSUPPORTED", "No.", { param: "repetitions" });
    const kernel = standIn((_input, { onState }) => {
      onState!({ state: "running" });
      return "a";
    });
    const fail = () => {
      throw refused;
    };
    const failing = { ...endpoint, encode: fail, stream: { event: fail, end: fail } };
    const app = createApp({ ...kernel, endpoints: [failing as Endpoint] });
    await using server = await listen(app);
    const text = await (await post(`${server.url}/v1/echo`, { text: "a", stream })).text();
    expect(text).toContain('"param":"times","code":"UNSUPPORTED"');
  },
);
