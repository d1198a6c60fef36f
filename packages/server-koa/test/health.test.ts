import type { ModelInfo } from "@kindred/core";
import { expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { health } from "../src/health.ts";
import { serve } from "../src/serve.ts";
import { listen, models, standIn } from "./stand-in.ts";

type State = ModelInfo["state"];

/** A kernel of models in these states, called m0, m1 … */
function kernelOf(states: readonly State[]): ReturnType<typeof standIn> {
  const kernel = standIn();
  kernel.models = () => states.map((state, i) => ({ ...models[0]!, id: `m${i}`, state }));
  return kernel;
}

test("/health answers whatever the models do", async () => {
  await using server = await listen(createApp(kernelOf(["failed", "loading"])));
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});

test.each<[State[], number, number]>([
  [["ready"], 200, 200],
  [["ready", "ready"], 200, 200],
  [["failed"], 503, 503],
  [["loading"], 503, 503],
  [["failed", "failed"], 503, 503],
  [["ready", "failed"], 503, 200],
  [["ready", "loading"], 503, 200],
  [["loading", "failed"], 503, 503],
  [[], 200, 503],
])("with models %j, /ready answers %i, or %i where any is enough", async (states, all, any) => {
  const kernel = kernelOf(states);
  for (const [ready, status] of [
    [undefined, all],
    ["all", all],
    ["any", any],
  ] as const) {
    await using server = await listen(createApp(kernel, ready === undefined ? {} : { ready }));
    expect((await fetch(`${server.url}/ready`)).status, ready).toBe(status);
  }
});

test("/ready names the models and their states, and no reason", async () => {
  const kernel = kernelOf(["ready", "loading"]);
  kernel.models = () => [
    ...models.slice(0, 1),
    { id: "bad", state: "failed", reason: 'There is no folder "/home/me/secret".' },
    { id: "slow", state: "loading" },
  ];
  await using server = await listen(createApp(kernel));
  const response = await fetch(`${server.url}/ready`);
  expect(response.status).toBe(503);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const text = await response.text();
  expect(text).not.toContain("secret");
  expect(JSON.parse(text)).toEqual({
    ready: false,
    models: [
      { id: "parrot", state: "ready" },
      { id: "bad", state: "failed" },
      { id: "slow", state: "loading" },
    ],
  });
});

test("a model that becomes ready later is seen, and so is one that is unloaded", async () => {
  const states: State[] = ["loading", "failed"];
  await using server = await listen(createApp(kernelOf(states)));
  const status = async (): Promise<number> => (await fetch(`${server.url}/ready`)).status;
  expect(await status()).toBe(503);
  states[0] = "ready";
  expect(await status()).toBe(503);
  states.pop();
  expect(await status()).toBe(200);
});

test("serve takes the policy, and no other", async () => {
  const serving = await serve(kernelOf(["ready", "failed"]), { port: 0, ready: "any" });
  expect((await fetch(`${serving.url}/ready`)).status).toBe(200);
  await serving.close();
  expect(() => health(standIn(), { policy: "some" as "any" })).toThrow(
    new TypeError('ready must be "all" or "any", not "some".'),
  );
  await expect(serve(standIn(), { port: 0, ready: null! })).rejects.toThrow(TypeError);
});
