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
  const calls = samples(text, "kindred_call_duration_seconds_count");
  // A model's name is the client's text until it is found.
  expect(calls).toEqual({
    'task="echo",model="tit",outcome="done"': 2,
    'task="echo",model="",outcome="failed"': 1,
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

test("the figures want a key where there are keys, and are not there by default", async () => {
  await using echo = await echoServer();
  using metrics = openMetrics(echo.kernel);
  await using closed = await listen(createApp(echo.kernel, { metrics, keys }));
  expect((await fetch(`${closed.url}/metrics`)).status).toBe(401);
  await using open = await listen(createApp(echo.kernel, { metrics }));
  expect((await fetch(`${open.url}/metrics`)).status).toBe(200);
  expect((await fetch(`${echo.url}/metrics`)).status).toBe(404);
});
