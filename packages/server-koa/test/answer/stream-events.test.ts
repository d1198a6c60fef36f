import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { KernelError, silent } from "@kindred/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { serve } from "../../src/serve.ts";
import { echoKernel } from "../echo-kernel.ts";
import { deferred, listen, post, standIn } from "../stand-in.ts";

/** The events of a stream, data parsed. */
async function events(response: Response): Promise<{ event: string; data: any }[]> {
  return (await response.text())
    .split("\n\n")
    .filter((block) => block !== "" && !block.startsWith(":"))
    .map((block) => {
      const [event, data] = block.split("\n");
      return {
        event: event!.replace("event: ", ""),
        data: JSON.parse(data!.replace("data: ", "")),
      };
    });
}

test("events arrive in order, then the end with its warnings", async () => {
  const kernel = standIn((_input, { onEvent, onState }) => {
    onState!({ state: "queued", position: 2 });
    for (const done of [1, -1, 2, 3]) onEvent!({ done });
    return new Float32Array([0.5]);
  });
  await using server = await listen(createApp(kernel));
  const response = await post(`${server.url}/v1/echo`, { text: "a", stream: true, user: "me" });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(await events(response)).toEqual([
    { event: "state", data: { type: "state", state: "queued", position: 2 } },
    { event: "echo.step", data: { done: 1 } },
    { event: "echo.step", data: { done: 2 } },
    { event: "echo.step", data: { done: 3 } },
    { event: "echo.completed", data: { output: [0.5], warnings: ["user has no effect here."] } },
  ]);
});

test("a refusal before the first event keeps its status", async () => {
  const full = new KernelError("OVERLOADED", "32 wait.", { retryAfter: 1 });
  await using server = await listen(createApp(standIn(() => Promise.reject(full))));
  const response = await post(`${server.url}/v1/echo`, { text: "a", stream: true });
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "1"]);
});

test.each([false, true])(
  "a bad request (stream: %s) behind a full queue is refused at once",
  async (stream) => {
    const held = deferred();
    await using kernel = await echoKernel(() => held.promise);
    await using server = await listen(createApp(kernel));
    const ask = (body: object) => post(`${server.url}/v1/echo`, { text: "a", ...body });
    const bad = async () => {
      const start = performance.now();
      const response = await ask({ times: 0, stream });
      const milliseconds = performance.now() - start;
      return { status: response.status, milliseconds, body: await response.json() };
    };
    const idle = await bad();
    const accepted = Array.from({ length: 33 }, () => ask({}));
    await vi.waitUntil(() => kernel.models()[0]!.waiting === 32);
    const busy = await bad();
    const full = await ask({ stream });
    held.resolve();
    expect([idle.status, busy.status, full.status]).toEqual([400, 400, 429]);
    expect(busy.milliseconds).toBeLessThan(100);
    expect(busy.body).toEqual(idle.body);
    expect(busy.body.error).toMatchObject({ code: "INVALID_INPUT", param: "times" });
    expect((await Promise.all(accepted)).map(({ status }) => status)).toEqual(
      Array.from({ length: 33 }, () => 200),
    );
  },
);

test.each([false, true])(
  "a bad request (stream: %s) keeps its status however long its check takes",
  async (stream) => {
    const refusal = new KernelError("INVALID_INPUT", "No.", { param: "repetitions" });
    const kernel = standIn(async (_input, { onState }) => {
      onState!({ state: "loading" });
      await sleep(1_100);
      throw refusal;
    });
    await using server = await listen(createApp(kernel));
    const response = await post(`${server.url}/v1/echo`, { text: "a", stream });
    expect(response.status).toBe(400);
    expect((await response.json()).error.param).toBe("times");
  },
);

test.each(["queued", "running"] as const)("events begin once a request is %s", async (state) => {
  const ending = deferred();
  const kernel = standIn((_input, { onState }) => {
    onState!({ state: "loading" });
    onState!({ state });
    return ending.promise;
  });
  await using server = await listen(createApp(kernel));
  const start = performance.now();
  const response = await post(`${server.url}/v1/echo`, { text: "a", stream: true });
  expect(performance.now() - start).toBeLessThan(500);
  ending.resolve();
  expect(await events(response)).toEqual([
    { event: "state", data: { type: "state", state: "loading" } },
    { event: "state", data: { type: "state", state } },
    { event: "echo.completed", data: {} },
  ]);
});

test("an error after the first event is an event with the envelope", async () => {
  const kernel = standIn(async (_input, { onEvent }) => {
    onEvent!({ done: 1 });
    await new Promise(setImmediate);
    throw new KernelError("GRAPH_FAILED", "killed", { param: "repetitions" });
  });
  await using server = await listen(createApp(kernel));
  const found = await events(await post(`${server.url}/v1/echo`, { text: "a", stream: true }));
  expect(found.at(-1)).toEqual({
    event: "error",
    data: {
      error: { message: "killed", type: "server_error", param: "times", code: "GRAPH_FAILED" },
      detail: "killed",
    },
  });
});

test("a client that hangs up mid-stream aborts the work, and that is no error", async () => {
  const aborted = deferred<unknown>();
  const closed = deferred<object>();
  const errors: object[] = [];
  const logger = { ...silent, info: closed.resolve, error: (facts: object) => errors.push(facts) };
  const kernel = standIn((_input, { signal, onEvent }) => {
    onEvent!({ done: 1 });
    return new Promise((_, reject) => {
      signal!.addEventListener("abort", () => {
        aborted.resolve(signal!.reason);
        reject(signal!.reason);
      });
    });
  });
  await using server = await listen(createApp(kernel, { logger }));
  const response = await post(`${server.url}/v1/echo`, { text: "a", stream: true });
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  expect(await aborted.promise).toMatchObject({ code: "ABORTED" });
  expect(await closed.promise).toMatchObject({ status: 499 });
  expect(errors).toEqual([]);
});

test("a slow reader loses older events and never the end", async () => {
  const finished = deferred();
  const padding = "x".repeat(1_000_000);
  const kernel = standIn(async (_input, { onEvent }) => {
    for (let done = 1; done <= 200; done++) {
      onEvent!({ done, padding } as { done: number });
      await new Promise(setImmediate);
    }
    finished.resolve();
    return "the end";
  });
  await using server = await listen(createApp(kernel));
  const sending = request(`${server.url}/v1/echo`, {
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  sending.end('{"text":"a","stream":true}');
  const response = await new Promise<NodeJS.ReadableStream>((resolve) =>
    sending.on("response", resolve),
  );
  await finished.promise;
  let text = "";
  for await (const chunk of response) text += String(chunk);
  const steps = [...text.matchAll(/"done":(\d+)/g)].map(([, done]) => Number(done));
  expect(steps.length).toBeLessThan(100);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  expect(steps.at(-1)).toBe(200);
  expect(text).toContain('event: echo.completed\ndata: {"output":"the end"}\n\n');
});

test("progress is told, in the order of the events around it", async () => {
  const kernel = standIn(async (_input, { onEvent }) => {
    for (const done of [1, 2]) {
      onEvent!({ done, total: 2 } as { done: number });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return 0;
  });
  await using server = await listen(createApp(kernel));
  const found = await events(await post(`${server.url}/v1/echo`, { text: "a", stream: true }));
  expect(found.map(({ event }) => event)).toEqual([
    "progress",
    "echo.step",
    "progress",
    "echo.step",
    "echo.completed",
  ]);
  expect(found[2]!.data).toEqual({ type: "progress", done: 2, total: 2 });
});

test("comments keep a silent stream awake until its end", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const clock = setInterval(() => vi.advanceTimersByTime(1_000), 5);
  onTestFinished(() => {
    clearInterval(clock);
    vi.useRealTimers();
  });
  const ending = deferred();
  await using server = await listen(
    createApp(
      standIn((_input, { onState }) => {
        onState!({ state: "running" });
        return ending.promise;
      }),
    ),
  );
  const { body } = await post(`${server.url}/v1/echo`, { text: "a", stream: true });
  let text = "";
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes(": waiting")) ending.resolve();
  }
  expect(text).toMatch(/^event: state\n.*\n\n(: waiting\n\n)+event: echo\.completed\n/);
});

test("a stream warns of no leak of listeners", async () => {
  const warned: string[] = [];
  const note = ({ message }: Error): number => warned.push(message);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  const serving = await serve(standIn(), { port: 0, drainDelay: 0 });
  const response = await post(`${serving.url}/v1/echo`, { text: "a", stream: true });
  expect(await events(response)).toHaveLength(1);
  await serving.close();
  expect(warned).toEqual([]);
});
