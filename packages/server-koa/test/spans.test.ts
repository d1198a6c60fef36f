import { tracing } from "@kindred/core";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { afterEach, beforeAll, expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { openSpans } from "../src/index.ts";
import { echoServer } from "./lifecycle/echo-server.ts";
import { listen, post } from "./stand-in.ts";

const exporter = new InMemorySpanExporter();
const unregistered = openSpans();

beforeAll(() => {
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  new NodeTracerProvider({ spanProcessors }).register();
});
afterEach(() => exporter.reset());

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

function named(name: string): ReadableSpan {
  const found = exporter.getFinishedSpans().filter((span) => span.name === name);
  expect(found, name).toHaveLength(1);
  return found[0]!;
}

test("without an SDK there are no spans", () => {
  expect(unregistered).toBeUndefined();
});

test("a request is within the trace that it names, and its call within it", async () => {
  await using echo = await echoServer({ models: [{ id: "tit", source: "" }] });
  using spans = openSpans();
  const lines: object[] = [];
  const nothing = () => {};
  const logger = {
    debug: nothing,
    warn: nothing,
    error: nothing,
    info: (f: object) => lines.push(f),
  };
  await using server = await listen(createApp(echo.kernel, { spans, logger }));
  const headers = { traceparent, "x-request-id": "req_1" };
  const reply = await post(`${server.url}/v1/echo`, { text: "a", model: "tit" }, headers);
  expect(reply.status).toBe(200);
  // The request's own span ends with its connection's turn.
  await expect
    .poll(() => exporter.getFinishedSpans().map(({ name }) => name))
    .toContain("POST /v1/echo");
  const [request, call] = [named("POST /v1/echo"), named("echo tit")];
  expect(request.spanContext().traceId).toBe("0af7651916cd43dd8448eb211c80319c");
  expect(request.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
  expect(request.attributes).toMatchObject({
    "http.route": "/v1/echo",
    "http.response.status_code": 200,
    "kindred.request.id": "req_1",
  });
  expect(call.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
  expect(call.attributes).toMatchObject({
    "gen_ai.request.model": "tit",
    "gen_ai.response.model": "tit",
    "kindred.request.id": "req_1",
  });
  expect(lines).toMatchObject([{ trace: request.spanContext().traceId }]);
  expect(trace.getActiveSpan()).toBeUndefined();
});

test("a failed call says why", async () => {
  await using echo = await echoServer({ models: [{ id: "tit", source: "" }] });
  using _ = openSpans();
  const task = echo.kernel.endpoints[0]!.task;
  await expect(echo.kernel.run(task, "none", { text: "" })).rejects.toThrow();
  const call = named("echo none");
  expect(call.status.code).toBe(SpanStatusCode.ERROR);
  expect(call.attributes["error.type"]).toBe("MODEL_NOT_FOUND");
});

test("a call has its waiting, the opening and the runs of its graphs; a batch links the calls that share it", async () => {
  using _ = openSpans();
  const milliseconds = { load: 0, prepare: 5, queue: 7, run: 11 };
  const done = async () => {};
  const run = () => tracing.graphRun.tracePromise(done, { model: "bge", graph: "bert" });
  const open = () => tracing.graphOpen.tracePromise(done, { model: "bge", graph: "bert" });
  const batch = { model: "bge", rows: 2, cost: 9, paddedCost: 12, ids: ["one", "two"] };
  const first = tracing.taskRun.tracePromise(
    async () => {
      await tracing.taskRun.tracePromise(
        () => tracing.batchRun.tracePromise(async () => (await open(), run()), batch),
        { task: "embedding", model: "two", id: "two" },
      );
    },
    {
      task: "embedding",
      model: "one",
      id: "one",
      launch: "bge",
      usage: { tokens: 9, milliseconds },
    },
  );
  await first;
  const [one, two] = [named("embeddings one"), named("embeddings two")];
  expect(one.attributes).toMatchObject({
    "gen_ai.operation.name": "embeddings",
    "gen_ai.usage.input_tokens": 9,
  });
  const shared = named("batch bge");
  expect(shared.parentSpanContext?.spanId).toBe(one.spanContext().spanId);
  expect(shared.links.map(({ context }) => context.spanId)).toEqual([two.spanContext().spanId]);
  expect(shared.attributes).toMatchObject({ "kindred.batch.rows": 2, "kindred.batch.tokens": 9 });
  for (const name of ["open bert", "run bert"])
    expect(named(name).parentSpanContext?.spanId).toBe(shared.spanContext().spanId);
  const [prepare, queue] = [named("prepare"), named("queue")];
  expect(queue.parentSpanContext?.spanId).toBe(one.spanContext().spanId);
  const took = ({ duration: [seconds, nanoseconds] }: ReadableSpan) =>
    seconds * 1e3 + nanoseconds / 1e6;
  expect(took(prepare)).toBeCloseTo(5);
  expect(took(queue)).toBeCloseTo(7);
});

test("once they are disposed, no more are made", async () => {
  openSpans()?.[Symbol.dispose]();
  await tracing.graphRun.tracePromise(async () => {}, { model: "bge", graph: "bert" });
  expect(exporter.getFinishedSpans()).toEqual([]);
});
