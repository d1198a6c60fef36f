import { expect, test } from "vitest";
import { echoServer } from "./echo-server.ts";

const models = [{ id: "tit", source: "" }];

test("a model is pinned, and gets another number of replicas", async () => {
  await using server = await echoServer({ models });
  const { ask, kernel } = server;
  expect((await ask("PATCH", "/v1/models/tit", { keep_alive: -1 })).body).toEqual({
    model_uid: "tit",
    replica: 1,
    keep_alive: -1,
  });
  expect((await ask("GET", "/v1/models/tit")).body.keepAlive).toBeNull();
  await ask("PATCH", "/v1/models/tit", { keep_alive: "5m", replica: 2 });
  expect(kernel.models()).toMatchObject([{ keepAlive: 300, replicas: 2 }]);
});

test("a model that is loading is told as it was changed", async () => {
  const find = () => new Promise<never>(() => {});
  await using server = await echoServer({ source: { find } });
  void server.kernel.load({ id: "slow", source: "anywhere" }).catch(() => {});
  const reply = await server.ask("PATCH", "/v1/models/slow", { replica: 3 });
  expect(reply.body).toMatchObject({ model_uid: "slow", replica: 3 });
});

test.each([
  [{}, undefined],
  [{ id: "x" }, "id"],
  [{ keep_alive: true }, "keep_alive"],
  [{ replica: 1.5 }, "replica"],
])("changing %j is refused by name", async (body, param) => {
  await using server = await echoServer({ models });
  const reply = await server.ask("PATCH", "/v1/models/tit", body);
  expect(reply.status).toBe(400);
  expect(reply.body.error.param).toBe(param ?? null);
});

test("replicas are added, listed and removed down to one", async () => {
  await using server = await echoServer({ models });
  const { ask } = server;
  const path = "/v1/models/tit/replicas";
  expect((await ask("POST", path)).body).toMatchObject({
    replica_id: 1,
    replica_model_uid: "tit-1",
  });
  expect((await ask("POST", path, {})).body).toMatchObject({ replica_id: 2 });
  expect((await ask("GET", path)).body).toMatchObject(
    [0, 1, 2].map((replica_id) => ({ replica_id })),
  );
  expect((await ask("DELETE", `${path}/1`)).body).toEqual({ remaining_replicas: 2 });
  expect((await ask("DELETE", `${path}/7`)).status).toBe(404);
  expect((await ask("DELETE", `${path}/0`)).body).toEqual({ remaining_replicas: 1 });
  expect((await ask("DELETE", `${path}/0`)).status).toBe(400);
  expect((await ask("POST", path, { replica: 4 })).body).toMatchObject({ replica_id: 3 });
  expect((await ask("POST", path, { replica_config: {} })).status).toBe(400);
});

test("a request says how long its model stays open, in JSON and in a form", async () => {
  await using server = await echoServer({ models });
  const keepAlive = () => server.kernel.models()[0]!.keepAlive;
  await server.ask("POST", "/v1/echo", { text: "a", keep_alive: "1h" });
  expect(keepAlive()).toBe(3600);
  await server.ask("POST", "/v1/echo", { text: "a", keep_alive: null });
  expect(keepAlive()).toBe(3600);
  const form = new FormData();
  form.set("text", "a");
  form.set("keep_alive", "-1");
  expect((await fetch(`${server.url}/v1/echo`, { method: "POST", body: form })).status).toBe(200);
  expect(keepAlive()).toBe(Infinity);
  const wrong = await server.ask("POST", "/v1/echo", { text: "a", keep_alive: "soon" });
  expect(wrong).toMatchObject({ status: 400, body: { error: { param: "keep_alive" } } });
});
