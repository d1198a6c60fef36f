import { KernelError, silent } from "@kindred/core";
import Koa from "koa";
import { expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { openai } from "../src/openai.ts";
import { deferred, listen, models, post, standIn } from "./stand-in.ts";

test("a request goes through schema, decode, kernel and encode", async () => {
  await using server = await listen(createApp(standIn(({ text, times }) => [text, times])));
  const response = await post(`${server.url}/v1/echo`, {
    model: "grey",
    text: "hello",
    times: "3",
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(Number(response.headers.get("openai-processing-ms"))).toBeGreaterThanOrEqual(0);
  expect(await response.json()).toEqual({ model: "grey", output: ["hello", 3] });
});

test("without a model the only one of the task is named in the reply", async () => {
  await using server = await listen(createApp(standIn()));
  const reply = await (await post(`${server.url}/v1/echo`, { text: "hi", model: null })).json();
  expect(reply).toEqual({ model: "parrot", output: "hi" });
});

test("without a model the one that is ready is named, in the reply and in the log", async () => {
  const kernel = standIn();
  kernel.models = () => [{ ...models[0]!, id: "dodo", state: "failed" }, models[0]!];
  const line = deferred<object>();
  const logger = { ...silent, info: line.resolve };
  await using server = await listen(createApp(kernel, { logger }));
  const reply = await (await post(`${server.url}/v1/echo`, { text: "hi" })).json();
  expect(reply).toEqual({ model: "parrot", output: "hi" });
  expect(await line.promise).toMatchObject({ model: "parrot", task: "echo" });
});

test("without a model, and with several to choose from, the request is refused", async () => {
  const kernel = standIn();
  kernel.models = () => ["parrot", "parakeet"].map((id) => ({ ...models[0]!, id }));
  await using server = await listen(createApp(kernel));
  const response = await post(`${server.url}/v1/echo`, { text: "hi" });
  expect(response.status).toBe(400);
  const { error } = await response.json();
  expect(error).toMatchObject({ code: "INVALID_INPUT", param: "model" });
  expect(error.message).toContain('"parrot", "parakeet"');
});

test("what had no effect is named in warnings, absent when there is none", async () => {
  await using server = await listen(createApp(standIn()));
  const reply = await (await post(`${server.url}/v1/echo`, { text: "hi", user: "me" })).json();
  expect(reply.warnings).toEqual(["user has no effect here."]);
});

test("without a store a file is refused, clearly", async () => {
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

test("a kernel's error has its status, its headers, and the client's field name", async () => {
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

test("a schema's error names the client's field, though a task's field is called so", async () => {
  await using server = await listen(createApp(standIn()));
  const response = await post(`${server.url}/v1/echo`, { text: "a", repetitions: 2 });
  expect((await response.json()).error.param).toBe("repetitions");
});

test("of many unknown keys the first are named, and of a long one its beginning", async () => {
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

test("an unknown error says nothing to the client and all to the log", async () => {
  const lines: object[] = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (facts: object) => void lines.push(facts),
  };
  const bug = new Error("the password is 1234");
  await using server = await listen(
    createApp(
      standIn(() => Promise.reject(bug)),
      { logger },
    ),
  );
  const response = await post(`${server.url}/v1/echo`, { text: "a" });
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("1234");
  expect(lines).toEqual([{ error: bug, id: response.headers.get("x-request-id") }]);
});

test("each request is one line of the log", async () => {
  const line = deferred<object>();
  const logger = {
    debug() {},
    warn() {},
    error() {},
    info: (facts: object) => line.resolve(facts),
  };
  await using server = await listen(createApp(standIn(), { logger }));
  await post(`${server.url}/v1/echo`, { text: "a" }, { "x-request-id": "mine" });
  expect(await line.promise).toMatchObject({
    method: "POST",
    path: "/v1/echo",
    status: 200,
    id: "mine",
    model: "parrot",
    task: "echo",
  });
});

test("of a model's name that is no name the log has the beginning", async () => {
  const line = deferred<object>();
  await using server = await listen(
    createApp(standIn(), { logger: { ...silent, info: line.resolve } }),
  );
  await post(`${server.url}/v1/echo`, { text: "a", model: "m".repeat(100_000) });
  expect(await line.promise).toMatchObject({ model: expect.stringMatching(/^m{200}…$/) });
});

test("a sane x-request-id is taken, another is replaced", async () => {
  await using server = await listen(createApp(standIn()));
  const id = async (given: string): Promise<string | null> =>
    (await post(`${server.url}/v1/echo`, { text: "a" }, { "x-request-id": given })).headers.get(
      "x-request-id",
    );
  expect(await id("trace-1:a/b.c")).toBe("trace-1:a/b.c");
  expect(await id("a".repeat(129))).toMatch(/^req_/);
  expect(await id("with space")).toMatch(/^req_/);
});

test("a hang-up aborts the work", async () => {
  const started = deferred();
  const aborted = deferred<unknown>();
  const kernel = standIn((_input, { signal }) => {
    started.resolve();
    return new Promise((_, reject) => {
      signal!.addEventListener("abort", () => {
        aborted.resolve(signal!.reason);
        reject(signal!.reason);
      });
    });
  });
  await using server = await listen(createApp(kernel));
  const client = new AbortController();
  const request = fetch(`${server.url}/v1/echo`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"text":"a"}',
    signal: client.signal,
  });
  await started.promise;
  client.abort();
  await expect(request).rejects.toThrow();
  expect(await aborted.promise).toMatchObject({ code: "ABORTED" });
});

test("a known path with a wrong method is 405 with what it allows", async () => {
  await using server = await listen(createApp(standIn()));
  const get = await fetch(`${server.url}/v1/echo`);
  expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
  expect((await get.json()).error.message).toContain("POST");
  const deleted = await fetch(`${server.url}/v1/models/parrot`, { method: "DELETE" });
  expect([deleted.status, deleted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  const head = await fetch(`${server.url}/v1/models`, { method: "HEAD" });
  expect(head.status).toBe(200);
});

test("an unknown path goes on to the application, or is a 404 envelope", async () => {
  const app = new Koa();
  app.use(openai(standIn()));
  app.use((ctx) => {
    ctx.body = "mine";
  });
  await using mounted = await listen(app);
  const own = await fetch(`${mounted.url}/v1/other`);
  expect([await own.text(), own.headers.get("x-request-id")]).toEqual(["mine", null]);
  await using server = await listen(createApp(standIn()));
  const missing = await fetch(`${server.url}/v1/cluster/auth`);
  expect(missing.status).toBe(404);
  expect((await missing.json()).error.type).toBe("not_found_error");
});

test("an error of the application's own routes is left to the application", async () => {
  const app = new Koa();
  app.use(async (ctx, next) => {
    await next().catch(() => {
      ctx.status = 418;
    });
  });
  app.use(openai(standIn()));
  app.use(() => {
    throw new Error("mine");
  });
  await using server = await listen(app);
  expect((await fetch(`${server.url}/elsewhere`)).status).toBe(418);
});

test("it mounts under a prefix, its own or one that the application strips", async () => {
  const own = new Koa().use(openai(standIn(), { prefix: "/ai" }));
  const stripping = new Koa();
  stripping.use((ctx, next) => {
    ctx.path = ctx.path.replace(/^\/ai/, "");
    return next();
  });
  stripping.use(openai(standIn()));
  for (const app of [own, stripping]) {
    await using server = await listen(app);
    const reply = await (await post(`${server.url}/ai/v1/echo`, { text: "hi" })).json();
    expect(reply.output).toBe("hi");
    expect((await fetch(`${server.url}/ai/v1/models/birds/grey parrot`)).status).toBe(200);
  }
});

test("models are listed with their facts", async () => {
  await using server = await listen(createApp(standIn()));
  const { object, data } = await (await fetch(`${server.url}/v1/models`)).json();
  expect(object).toBe("list");
  expect(data.map(({ id }: { id: string }) => id)).toEqual(models.map(({ id }) => id));
  expect(data[0]).toEqual({
    id: "parrot",
    object: "model",
    created: expect.any(Number),
    owned_by: "kindred",
    family: "birds",
    task: "echo",
    model_type: "echo",
    model_ability: ["echo"],
    dimensions: 3,
    state: "ready",
    device: "cpu",
    graphs: models[0]!.graphs,
  });
});

test.each(["birds/grey%20parrot", "birds%2Fgrey%20parrot"])(
  "a model is found at %s",
  async (path) => {
    await using server = await listen(createApp(standIn()));
    const response = await fetch(`${server.url}/v1/models/${path}`);
    expect(await response.json()).toMatchObject({
      id: "birds/grey parrot",
      state: "failed",
      reason: "no beak",
    });
  },
);

test.each(["loading", "failed"] as const)("a model that is %s has a model_type", async (state) => {
  const kernel = standIn();
  kernel.models = () => [{ id: "egg", state }];
  await using server = await listen(createApp(kernel));
  const egg = await (await fetch(`${server.url}/v1/models/egg`)).json();
  expect(egg).toMatchObject({ id: "egg", state, model_type: null });
});

test("an unknown model is a 404 that names those there are", async () => {
  await using server = await listen(createApp(standIn()));
  const response = await fetch(`${server.url}/v1/models/owl`);
  expect(response.status).toBe(404);
  const { error } = await response.json();
  expect(error).toMatchObject({ code: "MODEL_NOT_FOUND", type: "not_found_error", param: "model" });
  expect(error.message).toContain('"parrot"');
  const near = await (await fetch(`${server.url}/v1/models/parot`)).json();
  expect(near.error.message).toMatch('Did you mean "parrot"?');
});

test("of an unknown model's long name its beginning is said", async () => {
  await using server = await listen(createApp(standIn()));
  const response = await fetch(`${server.url}/v1/models/${"m".repeat(3_000)}`);
  expect(response.status).toBe(404);
  const { message } = (await response.json()).error;
  expect(message).toMatch(/"m{200}…"\. There are "parrot"/);
});

test("health answers; ready waits for models that load", async () => {
  const kernel = standIn();
  await using server = await listen(createApp(kernel));
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  kernel.models = () => [{ ...models[0]!, state: "loading" }];
  expect((await fetch(`${server.url}/ready`)).status).toBe(503);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});

test("a long reply arrives whole", async () => {
  const rows = Array.from({ length: 200 }, (_, row) => new Float32Array(1_024).fill(row / 7));
  await using server = await listen(createApp(standIn(() => rows)));
  const { output } = await (await post(`${server.url}/v1/echo`, { text: "a" })).json();
  expect(output).toEqual(rows.map((row) => Array.from(row)));
});
