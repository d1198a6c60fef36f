import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createKernel } from "../../src/kernel.ts";
import type { Launch, LaunchChanges } from "../../src/launch.ts";
import { deviceAllocator, graphRuntime, provide } from "../../src/services.ts";
import type { Task } from "../../src/task.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";
import { countingAllocator, gate, numbers, source } from "../fixtures.ts";

const wait: Task<number, number> = { name: "wait" };

/** A kernel of models whose runs last until `open` is called, of 40 bytes each. */
async function setup(launches: readonly Partial<Launch>[] = [{}], bytes = 200) {
  const folder = await mkdtemp(join(tmpdir(), "kindred-update-"));
  const { opened, open } = gate();
  let running = 0;
  const runtime = fakeRuntime(async () => {
    running++;
    await opened;
    running--;
    return { y: numbers(1) };
  });
  const kernel = await createKernel({
    plugins: [
      {
        contract: 1,
        name: "test",
        families: [
          {
            name: "waiter",
            task: wait,
            match: () => "own",
            async load({ graph }) {
              const g = graph(source("g", 40));
              return {
                async run(x: number, { signal }: { signal: AbortSignal }) {
                  await g.run({ x: numbers(x) }, ["y"], signal);
                  return x;
                },
              };
            },
          },
        ],
      },
    ],
    models: launches.map((launch, i) => ({ id: `m${i}`, source: folder, ...launch })),
    provides: [
      provide(graphRuntime, () => runtime),
      provide(deviceAllocator, () => countingAllocator(bytes)),
    ],
  });
  return { kernel, folder, open, runtime, running: () => running };
}

test("more replicas start requests that wait", async () => {
  const { kernel, open, running } = await setup();
  await using k = kernel;
  const asked = [1, 2, 3].map((x) => k.run(wait, "m0", x));
  await expect.poll(running).toBe(1);
  expect(k.update("m0", { replicas: 3 })).toMatchObject({ replicas: 3 });
  await expect.poll(running).toBe(3);
  open();
  expect(await Promise.all(asked)).toEqual([1, 2, 3]);
});

test("fewer replicas let runs under way end, and start no more than are left", async () => {
  const { kernel, open, running, runtime } = await setup([{ replicas: 2 }]);
  await using k = kernel;
  const asked = [1, 2, 3, 4].map((x) => k.run(wait, "m0", x));
  await expect.poll(running).toBe(2);
  k.update("m0", { replicas: 1 });
  expect(running()).toBe(2);
  open();
  expect(await Promise.all(asked)).toEqual([1, 2, 3, 4]);
  // The sessions that are open share the threads of two.
  await k.run(wait, "m0", 5);
  const opened = runtime.log.filter((line) => line === "open g");
  expect(opened).toHaveLength(3);
  expect(k.models()[0]?.memory?.leased).toBe(40);
});

test("a request says how long its model stays open after it", async () => {
  const { kernel, open, runtime } = await setup();
  await using k = kernel;
  open();
  await k.run(wait, "m0", 1, { keepAlive: 0 });
  await expect.poll(() => runtime.log.at(-1)).toBe("close g");
  await k.run(wait, "m0", 1, { keepAlive: Infinity });
  expect(k.models()[0]).toMatchObject({ keepAlive: Infinity, memory: { leased: 40 } });
  k.update("m0", { keepAlive: 0 });
  await expect.poll(() => k.models()[0]?.memory?.leased).toBe(0);
});

test("models that are kept for ever give way last, and still do", async () => {
  const { kernel, open } = await setup([{ keepAlive: Infinity }, {}, {}, {}], 80);
  await using k = kernel;
  open();
  const isOpen = () => k.models().map(({ memory }) => memory!.leased > 0);
  await k.run(wait, "m0", 1);
  await k.run(wait, "m1", 1);
  await k.run(wait, "m2", 1);
  expect(isOpen()).toEqual([true, false, true, false]);
  k.update("m2", { keepAlive: Infinity });
  await k.run(wait, "m3", 1);
  expect(isOpen()).toEqual([false, false, true, true]);
});

test("launching a changed model as it was launched shares it", async () => {
  const { kernel, folder } = await setup();
  await using k = kernel;
  k.update("m0", { replicas: 2 });
  expect(await k.load({ id: "m0", source: folder })).toMatchObject({ replicas: 2 });
});

test.each([
  [{ source: "x" }, "source"],
  [{ replicas: 0 }, "replicas"],
  [{ keepAlive: -1 }, "keepAlive"],
])("%j changes nothing and is refused", async (changes, param) => {
  const { kernel } = await setup();
  await using k = kernel;
  const before = k.models();
  expect(() => k.update("m0", changes as LaunchChanges)).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT", param }),
  );
  expect(k.models()).toEqual(before);
});
