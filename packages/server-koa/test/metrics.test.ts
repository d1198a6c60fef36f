import { tracing } from "@kindred/core";
import { expect, test } from "vitest";
import { ApiKeys, openMetrics } from "../src/index.ts";
import { createApp } from "../src/app.ts";
import { echoServer } from "./lifecycle/echo-server.ts";
import { listen, post } from "./stand-in.ts";

const keys = new ApiKeys([{ name: "alice", key: "a" }]);
const alice = { authorization: "Bearer a" };

/** The values of the samples of this name, by their labels as they are written. */
function samples(text: string, name: string): Record<string, number> {
  const lines = text.split("\n").filter((line) => line.startsWith(`${name}{`));
  return Object.fromEntries(
    lines.map((line) => {
      const [, labels = "", value] = /^\w+\{(.*)\} (\S+)$/.exec(line) ?? [];
      return [labels, Number(value)];
    }),
  );
}

test("requests are counted by their routes, callers and statuses, and models tell how they are", async () => {
  await using echo = await echoServer({ models: [{ id: "tit", source: "" }] });
  using metrics = openMetrics(echo.kernel);
  await using server = await listen(createApp(echo.kernel, { metrics, keys }));
  const ask = (path: string, body: object, headers: Record<string, string> = alice) =>
    post(`${server.url}${path}`, body, headers);
  expect((await ask("/v1/echo", { text: "a" })).status).toBe(200);
  expect((await ask("/v1/echo", { text: "a", model: "tit" })).status).toBe(200);
  expect((await ask("/v1/echo", {})).status).toBe(400);
  expect((await ask("/v1/echo", { text: "a" }, {})).status).toBe(401);
  expect((await ask("/v1/echo", { text: "a", model: "no/such" })).status).toBe(404);
  for (const id of ["one", "two"]) await fetch(`${server.url}/v1/models/${id}`, { headers: alice });
  await fetch(`${server.url}/nowhere`, { method: "BREW" as never }).catch(() => {});
  const reply = await fetch(`${server.url}/metrics`, { headers: alice });
  expect(reply.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await reply.text();
  expect(samples(text, "kindred_http_requests_total")).toMatchObject({
    'method="POST",route="/v1/echo",status="200",caller="alice"': 2,
    'method="POST",route="/v1/echo",status="400",caller="alice"': 1,
    'method="POST",route="/v1/echo",status="401",caller=""': 1,
    'method="POST",route="/v1/echo",status="404",caller="alice"': 1,
    'method="GET",route="/v1/models/*id",status="404",caller="alice"': 2,
  });
  // A model's name is the client's text until it is found.
  expect(samples(text, "kindred_request_success")).toEqual({ 'task="echo",model="tit"': 2 });
  expect(samples(text, "kindred_request_failure")).toEqual({
    'task="echo",model="",err="model_not_found"': 1,
  });
  expect(samples(text, "kindred_request_queue_duration_count")).toEqual({
    'task="echo",model="tit"': 2,
  });
  expect(samples(text, "kindred_model_ready")).toEqual({ 'model="tit"': 1 });
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  expect(text).not.toMatch(/no\/such/);
});

test("a name that a request brought and no model has is no label", async () => {
  await using echo = await echoServer();
  using metrics = openMetrics(echo.kernel);
  const fails = () => Promise.reject(new Error("there is none"));
  const loading = tracing.modelLoad.tracePromise(fails, { model: "made/up" });
  await expect(loading).rejects.toThrow();
  const { text } = await metrics.read();
  expect(samples(text, "kindred_model_load_duration_seconds_count")).toEqual({
    'model="",outcome="failed"': 1,
  });
});

test("calls, batches, evictions, downloads and devices have figures, by TEI's names where TEI has them", async () => {
  await using echo = await echoServer();
  using metrics = openMetrics(echo.kernel, { prefix: "te" });
  const milliseconds = { load: 0, prepare: 20, queue: 300, run: 2_000 };
  const done = async () => "done";
  await tracing.taskRun.tracePromise(done, {
    task: "embedding",
    model: "bge",
    launch: "bge",
    usage: { tokens: 12, milliseconds },
  });
  await tracing.taskRun.tracePromise(done, {
    task: "image",
    model: "sd",
    launch: "sd",
    usage: { pictures: 2, steps: 40, milliseconds },
  });
  const batch = { model: "bge", rows: 3, cost: 20, paddedCost: 27, ids: [] };
  await tracing.batchRun.tracePromise(done, batch);
  tracing.modelEvict.publish({ model: "bge", graphs: 1, reason: "memory" });
  await tracing.hubDownload.tracePromise(done, { repo: "a/b", file: "c", bytes: 77 });
  const { text } = await metrics.read();
  const bge = 'task="embedding",model="bge"';
  expect(samples(text, "te_embed_count")).toEqual({ 'model="bge"': 1 });
  expect(samples(text, "te_request_tokenization_duration_sum")[bge]).toBeCloseTo(0.02);
  expect(samples(text, "te_request_queue_duration_sum")[bge]).toBeCloseTo(0.3);
  expect(samples(text, "te_request_inference_duration_sum")[bge]).toBeCloseTo(2);
  expect(samples(text, "te_request_input_length_sum")[bge]).toBe(12);
  expect(samples(text, "te_batch_next_size_sum")).toEqual({ 'model="bge"': 3 });
  expect(samples(text, "te_batch_next_tokens_sum")).toEqual({ 'model="bge"': 20 });
  expect(samples(text, "te_batch_padding_tokens_total")).toEqual({ 'model="bge"': 7 });
  const sd = 'task="image",model="sd"';
  expect(samples(text, "te_pictures_total")).toMatchObject({ [sd]: 2 });
  expect(samples(text, "te_steps_total")).toMatchObject({ [sd]: 40 });
  expect(samples(text, "te_model_evictions_total")).toEqual({ 'model="bge",reason="memory"': 1 });
  expect(text).toMatch(/^te_download_bytes_total 77$/m);
  expect(samples(text, "te_device_memory_bytes")['device="cpu"']).toBeGreaterThan(0);
  expect(samples(text, "te_device_memory_leased_bytes")).toEqual({ 'device="cpu"': 0 });
  expect(() => openMetrics(echo.kernel, { prefix: "a-b" })).toThrow(/prefix of metrics must be/);
});

test("the figures want a key where there are keys, and are not there by default", async () => {
  await using echo = await echoServer();
  using metrics = openMetrics(echo.kernel);
  await using closed = await listen(createApp(echo.kernel, { metrics, keys }));
  expect((await fetch(`${closed.url}/metrics`)).status).toBe(401);
  await using open = await listen(createApp(echo.kernel, { metrics }));
  expect((await fetch(`${open.url}/metrics`)).status).toBe(200);
  expect((await fetch(`${echo.url}/metrics`)).status).toBe(404);
});
