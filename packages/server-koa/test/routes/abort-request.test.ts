import { expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { ApiKeys } from "../../src/keys/api-keys.ts";
import { deferred, listen, post, standIn } from "../stand-in.ts";
import type { Run } from "../stand-in.ts";

/** Runs until it is aborted, half done. */
function endless(): { run: Run; started: Promise<void> } {
  const started = deferred();
  const run: Run = (_input, { signal, onEvent, onState }) => {
    onState!({ state: "running" });
    onEvent!({ done: 2, total: 4 } as { done: number });
    started.resolve();
    return new Promise((_, reject) =>
      signal!.addEventListener("abort", () => reject(signal!.reason)),
    );
  };
  return { run, started: started.promise };
}

test.each([
  ["x-request-id", { text: "a", model: "birds/grey parrot" }, { "x-request-id": "mine" }],
  ["request_id in the body", { text: "a", model: "birds/grey parrot", request_id: "mine" }, {}],
])("a request named by %s is followed and aborted", async (_, body, headers) => {
  const { run, started } = endless();
  await using server = await listen(createApp(standIn(run)));
  const asking = post(`${server.url}/v1/echo`, body, headers);
  await started;
  const progress = `${server.url}/v1/requests/mine/progress`;
  expect(await (await fetch(progress)).json()).toEqual({ progress: 0.5, state: "running" });
  const abort = `${server.url}/v1/models/birds/grey parrot/requests/mine/abort`;
  expect(await (await post(abort, { block_duration: 0 })).json()).toEqual({ msg: "DONE" });
  const response = await asking;
  expect([response.status, response.headers.get("x-should-retry")]).toEqual([499, "false"]);
  expect((await response.json()).error.code).toBe("ABORTED");
  expect((await fetch(progress)).status).toBe(404);
  expect(await (await post(abort, {})).json()).toEqual({ msg: "NOT_FOUND" });
});

test("with keys, a caller follows and aborts its own requests, and an administrator all", async () => {
  const { run, started } = endless();
  const keys = new ApiKeys([
    { name: "alice", key: "a" },
    { name: "bob", key: "b" },
    { name: "root", key: "r", isAdmin: true },
  ]);
  await using server = await listen(createApp(standIn(run), { keys }));
  const by = (key: string) => ({ authorization: `Bearer ${key}` });
  const body = { text: "a", request_id: "mine" };
  const asking = post(`${server.url}/v1/echo`, body, by("a"));
  await started;
  const progress = async (key: string) =>
    (await fetch(`${server.url}/v1/requests/mine/progress`, { headers: by(key) })).status;
  expect(await Promise.all(["a", "b", "r"].map(progress))).toEqual([200, 404, 200]);
  const abort = async (key: string) => {
    const url = `${server.url}/v1/models/parrot/requests/mine/abort`;
    return (await post(url, { block_duration: 30 }, by(key))).json();
  };
  expect(await abort("b")).toEqual({ msg: "NOT_FOUND" });
  expect(await abort("r")).toEqual({ msg: "DONE" });
  expect((await asking).status).toBe(499);
  // What another caller has refused is refused to that one; what an administrator has, to all.
  expect((await post(`${server.url}/v1/echo`, body, by("a"))).status).toBe(499);
});

test("a caller's refusal of an id is its own", async () => {
  const keys = new ApiKeys([
    { name: "alice", key: "a" },
    { name: "bob", key: "b" },
  ]);
  await using server = await listen(createApp(standIn(), { keys }));
  const by = (key: string) => ({ authorization: `Bearer ${key}` });
  const abort = `${server.url}/v1/models/parrot/requests/mine/abort`;
  await post(abort, { block_duration: 30 }, by("b"));
  const ask = async (key: string) =>
    (await post(`${server.url}/v1/echo`, { text: "a", request_id: "mine" }, by(key))).status;
  expect(await Promise.all(["a", "b"].map(ask))).toEqual([200, 499]);
});

test("an abort that overtakes its request refuses it for block_duration", async () => {
  await using server = await listen(createApp(standIn()));
  const abort = `${server.url}/v1/models/parrot/requests/mine/abort`;
  expect(await (await post(abort, { block_duration: 30 })).json()).toEqual({ msg: "NOT_FOUND" });
  const ask = () => post(`${server.url}/v1/echo`, { text: "a", request_id: "mine" });
  expect((await ask()).status).toBe(499);
  expect((await post(abort, { block_duration: 0 })).status).toBe(200);
  expect((await ask()).status).toBe(200);
});

test.each(['"soon"', "-1", "1e400"])("an abort for %s seconds is refused", async (seconds) => {
  await using server = await listen(createApp(standIn()));
  const abort = `${server.url}/v1/models/parrot/requests/mine/abort`;
  const reply = await post(abort, `{"block_duration": ${seconds}}`);
  expect([reply.status, (await reply.json()).error.param]).toEqual([400, "block_duration"]);
});

test.each([
  ["[]", null],
  ["null", null],
  ['"30"', null],
  ['{"duration": 30}', "duration"],
])("an abort with the body %s is refused", async (body, param) => {
  await using server = await listen(createApp(standIn()));
  const reply = await post(`${server.url}/v1/models/parrot/requests/mine/abort`, body);
  expect([reply.status, (await reply.json()).error.param]).toEqual([400, param]);
});

test("a later abort without a duration leaves the earlier one in force", async () => {
  await using server = await listen(createApp(standIn()));
  const abort = `${server.url}/v1/models/parrot/requests/mine/abort`;
  await post(abort, { block_duration: 30 });
  await post(abort, {});
  expect((await post(`${server.url}/v1/echo`, { text: "a", request_id: "mine" })).status).toBe(499);
});

test("an abort concerns the requests of its model, and for an unknown model it is a 404", async () => {
  const { run, started } = endless();
  await using server = await listen(createApp(standIn(run)));
  const asking = post(`${server.url}/v1/echo`, { text: "a", request_id: "mine" });
  await started;
  const abort = (model: string): Promise<Response> =>
    post(`${server.url}/v1/models/${model}/requests/mine/abort`, { block_duration: 30 });
  const unknown = await abort("dodo");
  expect([unknown.status, (await unknown.json()).error.code]).toEqual([404, "MODEL_NOT_FOUND"]);
  expect(await (await abort("birds/grey parrot")).json()).toEqual({ msg: "NOT_FOUND" });
  expect((await fetch(`${server.url}/v1/requests/mine/progress`)).status).toBe(200);
  expect(await (await abort("parrot")).json()).toEqual({ msg: "DONE" });
  expect((await asking).status).toBe(499);
});

test("an abort needs no body", async () => {
  await using server = await listen(createApp(standIn()));
  const abort = `${server.url}/v1/models/parrot/requests/mine/abort`;
  const reply = await fetch(abort, { method: "POST" });
  expect(await reply.json()).toEqual({ msg: "NOT_FOUND" });
});
