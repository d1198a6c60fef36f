import { silent } from "@kindred/core";
import { expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { echoKernel } from "./echo-kernel.ts";
import { deferred, listen, post, standIn } from "./stand-in.ts";

test("an unforeseen error says nothing to the client and all to the log", async () => {
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

test("the log has the beginning of an unknown model's long name, in one short line", async () => {
  const line = deferred<object>();
  await using kernel = await echoKernel(() => "");
  const app = createApp(kernel, { logger: { ...silent, info: line.resolve } });
  await using server = await listen(app);
  await post(`${server.url}/v1/echo`, { text: "a", model: "m".repeat(100_000) });
  const model = expect.stringMatching(/^m{200}…$/);
  expect(await line.promise).toMatchObject({ path: "/v1/echo", status: 404, model });
  expect(JSON.stringify(await line.promise).length).toBeLessThan(500);
});

test("a sound x-request-id is kept, any other is replaced", async () => {
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
