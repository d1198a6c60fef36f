import { request } from "node:http";
import { KernelError } from "@kindred/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { createApp } from "../src/app.ts";
import { Backlog } from "../src/answer/backlog.ts";
import { EventQueue } from "../src/answer/event-queue.ts";
import { deferred, listen, post, standIn } from "./stand-in.ts";

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

test("a client that hangs up mid-stream aborts the work", async () => {
  const aborted = deferred<unknown>();
  const kernel = standIn((_input, { signal, onEvent }) => {
    onEvent!({ done: 1 });
    return new Promise((_, reject) => {
      signal!.addEventListener("abort", () => {
        aborted.resolve(signal!.reason);
        reject(signal!.reason);
      });
    });
  });
  await using server = await listen(createApp(kernel));
  const response = await post(`${server.url}/v1/echo`, { text: "a", stream: true });
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  expect(await aborted.promise).toMatchObject({ code: "ABORTED" });
});

test("a slow reader loses older events, never the end", async () => {
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

test("beyond its limit a queue drops the oldest", () => {
  const queue = new EventQueue<number>(2);
  for (const item of [1, 2, 3]) queue.put(item);
  expect([queue.take(), queue.take(), queue.take()]).toEqual([2, 3, undefined]);
});

test("of a kind of which only the newest counts a queue keeps one", () => {
  const queue = new EventQueue<string>(8);
  queue.putNewest("place", "third");
  queue.put("a letter");
  queue.putNewest("place", "second");
  expect([queue.take(), queue.take(), queue.take()]).toEqual(["a letter", "second", undefined]);
});

test("beyond its bytes a backlog drops the oldest of whoever has most waiting", () => {
  const backlog = new Backlog<string>(100);
  const [slow, quick] = [backlog.open(8), backlog.open(8)];
  const send = (queue: EventQueue<string>, item: string, bytes: number) => {
    queue.put(item);
    backlog.weigh(queue, item, bytes);
  };
  for (const item of ["a", "b", "c"]) send(slow, item, 30);
  send(quick, "d", 20);
  expect([slow.take(), quick.take()]).toEqual(["b", "d"]);
  send(slow, "e", 200);
  expect([slow.bytes, slow.take()]).toEqual([0, undefined]);
  send(quick, "f", 60);
  backlog.close(quick);
  send(slow, "g", 60);
  expect(slow.take()).toBe("g");
});

test("how far the work has come is told, in the order of the events around it", async () => {
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

test("a stream that keeps silent is kept awake by comments, until its end", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const clock = setInterval(() => vi.advanceTimersByTime(1_000), 5);
  onTestFinished(() => {
    clearInterval(clock);
    vi.useRealTimers();
  });
  const ending = deferred();
  await using server = await listen(createApp(standIn(() => ending.promise)));
  const { body } = await post(`${server.url}/v1/echo`, { text: "a", stream: true });
  let text = "";
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    ending.resolve();
  }
  expect(text).toMatch(/^(: waiting\n\n)+event: echo\.completed\n/);
});

test("waiting on a queue ends with an item, with its close, or with false when nothing comes", async () => {
  const queue = new EventQueue<number>(2);
  expect(await queue.wait(1)).toBe(false);
  const item = queue.wait(60_000);
  queue.put(1);
  expect(await item).toBe(true);
  queue.take();
  const end = queue.wait(60_000);
  queue.close();
  expect(await end).toBe(true);
});
