import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { generate, imageServer, model } from "./image-server.ts";
import type { ImageServer } from "./image-server.ts";
import { serverEvents } from "./server-events.ts";
import type { ServerEvent } from "./server-events.ts";

let server: ImageServer;
beforeAll(async () => {
  server = await imageServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const waiting = async () =>
  (await (await fetch(`${server.url}/v1/models/${model}`)).json()).waiting;

async function abort(id: string): Promise<unknown> {
  const url = `${server.url}/v1/models/${model}/requests/${id}/abort`;
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ block_duration: 0 });
  return (await fetch(url, { method: "POST", headers, body })).json();
}

test("32 wait, and the next is told when to try again by the lane's own pace", async () => {
  let slowest = 0;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    await (await generate(server.url, {})).text();
    slowest = Math.max(slowest, (performance.now() - start) / 1000);
  }
  const long = begin("long");
  await long.underWay;
  const leaving = new AbortController();
  const queued = Array.from({ length: 32 }, () => generate(server.url, {}, {}, leaving.signal));
  const settled = Promise.allSettled(queued);
  await vi.waitUntil(async () => (await waiting()) === 32, 30_000);

  for (const stream of [false, true]) {
    const refused = await generate(server.url, { stream });
    expect(refused.status).toBe(429);
    const after = Number(refused.headers.get("retry-after"));
    expect(after).toBeGreaterThanOrEqual(1);
    expect(after).toBeLessThanOrEqual(Math.ceil(32 * slowest));
    expect(refused.headers.get("retry-after-ms")).toBe(`${1000 * after}`);
    const { error } = await refused.json();
    expect(error).toMatchObject({ type: "rate_limit_error", code: "OVERLOADED" });
    expect(error.message).toContain("32 requests already wait");
  }
  expect(await abort("long")).toEqual({ msg: "DONE" });
  expect((await long.reply).status).toBe(499);
  expect((await Promise.any(queued)).status).toBe(200);
  leaving.abort();
  await settled;
  await vi.waitUntil(async () => (await waiting()) === 0, 30_000);
});

test("a stream tells its place in the queue and how far it has come, before its first picture", async () => {
  const long = begin("long");
  await long.underWay;
  const second = generate(server.url, {
    size: "256x256",
    num_inference_steps: 900,
    request_id: "second",
  });
  await vi.waitUntil(async () => (await waiting()) === 1, 30_000);
  const found: ServerEvent[] = [];
  const body = { stream: true, partial_images: 1, num_inference_steps: 20 };
  for await (const event of serverEvents(await generate(server.url, body))) {
    found.push(event);
    if (found.length === 1) await abort("long");
    if (event.data.position === 1) await abort("second");
  }
  expect((await second).status).toBe(499);
  const states = found.filter(({ event }) => event === "state").map(({ data }) => data);
  expect(states).toEqual([
    { type: "state", state: "queued", position: 2 },
    { type: "state", state: "queued", position: 1 },
    { type: "state", state: "running" },
  ]);
  const partial = found.findIndex(({ event }) => event === "image_generation.partial_image");
  const first = found.findIndex(({ event }) => event === "progress");
  expect(found[first]!.data).toMatchObject({ type: "progress", total: expect.any(Number) });
  expect(first).toBeGreaterThan(0);
  expect(partial).toBeGreaterThan(first);
  expect(found.at(-1)!.event).toBe("image_generation.completed");
});

test("an error in the middle of a stream is an event with the envelope", async () => {
  const body = { stream: true, size: "256x256", num_inference_steps: 900 };
  const reply = await generate(server.url, body, { "x-request-id": "broken" });
  expect(reply.status).toBe(200);
  expect(reply.headers.get("x-request-id")).toBe("broken");
  const found: ServerEvent[] = [];
  for await (const event of serverEvents(reply)) {
    if (event.event === "progress" && found.at(-1)?.event !== "progress") await abort("broken");
    found.push(event);
  }
  const message = 'Request "broken" was aborted.';
  const error = { message, type: "invalid_request_error", param: null, code: "ABORTED" };
  expect(found.at(-1)).toEqual({ event: "error", data: { error, detail: message } });
});

test("a client that hangs up leaves the model to the next, long before the last step", async () => {
  const controller = new AbortController();
  const body = { stream: true, size: "256x256", num_inference_steps: 900 };
  const reply = await generate(server.url, body, { "x-request-id": "gone" }, controller.signal);
  await underWay("gone");
  const reading = reply.text();
  controller.abort();
  await expect(reading).rejects.toThrow();
  expect((await generate(server.url, {})).status).toBe(200);
  expect((await fetch(`${server.url}/v1/requests/gone/progress`)).status).toBe(404);
});

test("a request_id inside kwargs names a request as well", async () => {
  const kwargs = JSON.stringify({ request_id: "inner", num_inference_steps: 900 });
  const asked = generate(server.url, { size: "256*256", num_inference_steps: undefined, kwargs });
  await underWay("inner");
  expect(await abort("inner")).toEqual({ msg: "DONE" });
  expect((await asked).status).toBe(499);
});

/** A request that has the model to itself until it is aborted. */
function begin(id: string) {
  const body = { size: "256x256", num_inference_steps: 900, request_id: id };
  const reply = generate(server.url, body);
  return { reply, underWay: underWay(id) };
}

function underWay(id: string): Promise<unknown> {
  const url = `${server.url}/v1/requests/${id}/progress`;
  return vi.waitUntil(async () => (await (await fetch(url)).json()).progress > 0, 30_000);
}
