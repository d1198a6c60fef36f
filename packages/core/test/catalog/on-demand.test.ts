import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { KernelError } from "../../src/errors.ts";
import { createKernel } from "../../src/kernel.ts";
import type { KernelOptions } from "../../src/kernel-options.ts";
import type { Launch } from "../../src/launch.ts";
import type { LoadProgress, ModelSource } from "../../src/model-source.ts";
import type { CallState } from "../../src/pipeline.ts";
import { deviceAllocator, graphRuntime, modelSource, provide } from "../../src/services.ts";
import { folderSource } from "../../src/sources/folder-source.ts";
import type { Task } from "../../src/task.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";
import { countingAllocator, gate, numbers, source, tick } from "../fixtures.ts";

const double: Task<number, number> = { name: "double" };

/** A kernel whose family doubles, and a folder for its launches. */
async function setup(options: Partial<KernelOptions> = {}, bytes = 100) {
  const folder = await mkdtemp(join(tmpdir(), "kindred-on-demand-"));
  const loaded: string[] = [];
  const disposed: string[] = [];
  const runtime = fakeRuntime(({ x }) => ({ y: numbers(Number(x!.data[0]) * 2) }));
  const kernel = await createKernel({
    plugins: [
      {
        contract: 1,
        name: "test",
        families: [
          {
            name: "doubler",
            task: double,
            match: () => "own",
            async load({ graph, model, use }) {
              loaded.push(model.id);
              use({ [Symbol.dispose]: () => void disposed.push(model.id) });
              const g = graph(source("g", 40));
              return {
                async run(x: number, { signal }: { signal: AbortSignal }) {
                  const { y } = await g.run({ x: numbers(x) }, ["y"], signal);
                  return Number(y.data[0]);
                },
              };
            },
          },
        ],
      },
    ],
    ...options,
    provides: [
      provide(graphRuntime, () => runtime),
      provide(deviceAllocator, () => countingAllocator(bytes)),
      ...(options.provides ?? []),
    ],
  });
  return { kernel, folder, loaded, disposed, runtime };
}

/** Launches every id but those that begin with "no". */
async function demanding(
  more: Partial<Launch> = {},
  options: Partial<KernelOptions> = {},
  bytes = 100,
) {
  const folder = await mkdtemp(join(tmpdir(), "kindred-on-demand-"));
  const onDemand = (id: string) =>
    id.startsWith("no") ? undefined : { id, source: folder, ...more };
  return { ...(await setup({ onDemand, ...options }, bytes)), folder };
}

test("a request launches the model that it names, and requests share the launch", async () => {
  const { kernel, loaded } = await demanding();
  await using k = kernel;
  expect(await Promise.all([1, 2, 3].map((x) => k.run(double, "a", x)))).toEqual([2, 4, 6]);
  expect(loaded).toEqual(["a"]);
  expect(k.models()).toMatchObject([{ id: "a", state: "ready", onDemand: true }]);
});

test("an id that nobody knows is still MODEL_NOT_FOUND", async () => {
  const { kernel } = await demanding();
  await using k = kernel;
  await expect(k.run(double, "no", 1)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  expect(k.models()).toEqual([]);
});

test("a launch that fails is told to all who wait, forgotten, and tried anew by the next request", async () => {
  let found = false;
  const failing: ModelSource = {
    async find(path, call) {
      if (found) return folderSource.find(path, call);
      await tick();
      throw new KernelError("LOAD_FAILED", "There is nothing.");
    },
  };
  const { kernel } = await demanding({}, { provides: [provide(modelSource, () => failing)] });
  await using k = kernel;
  const both = await Promise.allSettled([k.run(double, "a", 1), k.run(double, "a", 2)]);
  expect(both).toMatchObject([1, 2].map(() => ({ reason: { code: "LOAD_FAILED" } })));
  expect(k.models()).toEqual([]);
  found = true;
  expect(await k.run(double, "a", 1)).toBe(2);
});

test("a request for another task than the model's is refused before its weights are fetched", async () => {
  let fetched = 0;
  const counting: ModelSource = {
    async find(path, call) {
      const found = await folderSource.find(path, call);
      return { ...found, fetch: async () => (fetched++, path) };
    },
  };
  const { kernel } = await demanding({}, { provides: [provide(modelSource, () => counting)] });
  await using k = kernel;
  const other: Task<number, number> = { name: "other" };
  const refused = { code: "TASK_MISMATCH", param: "model" };
  await expect(k.run(other, "a", 1)).rejects.toMatchObject(refused);
  expect([fetched, k.models()]).toEqual([0, []]);
  const both = [k.run(other, "a", 1), k.run(double, "a", 2), k.run(other, "a", 3)];
  expect(await Promise.allSettled(both)).toMatchObject([
    { reason: refused },
    { value: 4 },
    { reason: refused },
  ]);
});

test("a name that leads nowhere is the request's fault", async () => {
  const { kernel } = await demanding({ source: "/nowhere/a" });
  await using k = kernel;
  await expect(k.run(double, "a", 1)).rejects.toMatchObject({
    code: "MODEL_NOT_FOUND",
    param: "model",
  });
});

test("all names of one launch are one model", async () => {
  const { folder } = await setup();
  const onDemand = () => ({ id: "a", source: folder });
  const { kernel, loaded } = await setup({ onDemand });
  await using k = kernel;
  await Promise.all(["a", "owner/a", "A"].map((name) => k.run(double, name, 1)));
  expect(loaded).toEqual(["a"]);
  expect(k.models()).toMatchObject([{ id: "a", onDemand: true, optional: true }]);
});

test("a model that a request launched is unloaded once it is idle, and the next request launches it anew", async () => {
  const { kernel, loaded, disposed } = await demanding({ keepAlive: 0.02 });
  await using k = kernel;
  await k.run(double, "a", 1);
  await expect.poll(() => k.models()).toEqual([]);
  await expect.poll(() => disposed).toEqual(["a"]);
  expect(await k.run(double, "a", 4)).toBe(8);
  expect(loaded).toEqual(["a", "a"]);
});

test("a model that was launched by its name too stays", async () => {
  const { kernel, folder } = await demanding({ keepAlive: 0.02 });
  await using k = kernel;
  await k.run(double, "a", 1);
  await k.load({ id: "a", source: folder, keepAlive: 0.02 });
  await setTimeout(60);
  expect(k.models()).toMatchObject([{ id: "a", state: "ready" }]);
  expect(k.models()[0]).not.toHaveProperty("onDemand");
});

test("a model that a request launched gives way to another launch of its id", async () => {
  const { kernel, folder, disposed } = await demanding();
  await using k = kernel;
  await k.run(double, "a", 1);
  await k.load({ id: "a", source: folder, replicas: 2 });
  expect(k.models()).toMatchObject([{ id: "a", replicas: 2 }]);
  await expect.poll(() => disposed).toEqual(["a"]);
  const again = k.load({ id: "a", source: folder, replicas: 3 });
  await expect(again).rejects.toMatchObject({ code: "INVALID_INPUT", param: "id" });
});

test("a request hears that its model is loading, and how far", async () => {
  const { opened, open } = gate();
  const progress: LoadProgress = { what: "it", done: 1, total: 2 };
  const slow: ModelSource = {
    async find(path, call) {
      const found = await folderSource.find(path, call);
      call.onEvent(progress);
      await opened;
      return found;
    },
  };
  const { kernel } = await demanding({}, { provides: [provide(modelSource, () => slow)] });
  await using k = kernel;
  const states: CallState[] = [];
  const first = k.run(double, "a", 1, { onState: (state) => states.push(state) });
  await expect.poll(() => k.models()[0]?.progress).toEqual(progress);
  const late: CallState[] = [];
  const second = k.run(double, "a", 2, { onState: (state) => late.push(state) });
  await expect.poll(() => late).toHaveLength(2);
  open();
  expect(await Promise.all([first, second])).toEqual([2, 4]);
  for (const heard of [states, late])
    expect(heard.slice(0, 2)).toEqual([{ state: "loading" }, { state: "loading", progress }]);
  expect(k.models()[0]).not.toHaveProperty("progress");
});

test("a caller that gives up while its model loads leaves the load to the others", async () => {
  const { kernel, loaded } = await demanding();
  await using k = kernel;
  const controller = new AbortController();
  const gone = k.run(double, "a", 1, { signal: controller.signal });
  const staying = k.run(double, "a", 2);
  controller.abort();
  await expect(gone).rejects.toMatchObject({ code: "ABORTED" });
  expect(await staying).toBe(4);
  expect(loaded).toEqual(["a"]);
});

test("50 clients ask for 10 models of which 2 fit at a time: none fails, and every load is shared", async () => {
  const { kernel, loaded } = await demanding();
  await using k = kernel;
  const asked = Array.from({ length: 50 }, async (_, i) => k.run(double, `m${i % 10}`, i));
  expect(await Promise.all(asked)).toEqual(Array.from({ length: 50 }, (_, i) => 2 * i));
  expect(loaded.toSorted()).toEqual(Array.from({ length: 10 }, (_, i) => `m${i}`));
});

test("an alias stands for its model in requests and facts, and a launched model of its name comes first", async () => {
  const { kernel, folder } = await demanding({}, { aliases: { "gpt-image-1": "a" } });
  await using k = kernel;
  expect(await k.run(double, "gpt-image-1", 1)).toBe(2);
  expect(k.models()).toMatchObject([{ id: "a", aliases: ["gpt-image-1"] }]);
  expect(k.model(undefined, "gpt-image-1").id).toBe("a");
  await k.load({ id: "gpt-image-1", source: folder });
  expect(k.model(undefined, "gpt-image-1").id).toBe("gpt-image-1");
});

test.each([
  [{ aliases: { a: "" } }, "aliases"],
  [{ aliases: ["a"] }, "aliases"],
  [{ onDemand: {} }, "onDemand"],
])("%j is refused", async (options, param) => {
  const made = setup(options as unknown as Partial<KernelOptions>);
  await expect(made).rejects.toMatchObject({ code: "INVALID_INPUT", param });
});

const swim: Task<number, number> = { name: "swim" };

test("a model that a request launched is unloaded for idleness, although no request of its got as far as running it", async () => {
  const { kernel, disposed } = await demanding({ keepAlive: 0.02 });
  await using k = kernel;
  await expect(k.run(swim, "a", 1)).rejects.toMatchObject({ code: "TASK_MISMATCH" });
  await expect.poll(() => k.models()).toEqual([]);
  const controller = new AbortController();
  const { signal } = controller;
  const gone = k.run(double, "b", 1, { signal, onState: () => controller.abort() });
  await expect(gone).rejects.toMatchObject({ code: "ABORTED" });
  await expect.poll(() => disposed).toEqual(["b"]);
});
