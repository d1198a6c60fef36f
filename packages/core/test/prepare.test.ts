import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KernelError } from "../src/errors.ts";
import type { ModelFamily } from "../src/family.ts";
import { createKernel } from "../src/kernel.ts";
import { deviceAllocator, graphRuntime, provide } from "../src/services.ts";
import type { Task } from "../src/task.ts";
import { fakeRuntime } from "../src/testing/fake-runtime.ts";
import { countingAllocator, numbers, source } from "./fixtures.ts";

const count: Task<number, number> = { name: "count" };

/** A model that fills most of its device; negative numbers can only fail. */
const counter: ModelFamily<typeof count> = {
  name: "counter",
  task: count,
  match: () => "own",
  async load({ graph }) {
    const g = graph(source("g", 80));
    return {
      prepare(x: number) {
        if (x >= 0) return x;
        throw new KernelError("INVALID_INPUT", `x is ${x}. Send 0 or more.`, { param: "x" });
      },
      async run(x: number) {
        const { y } = await g.run({ x: numbers(x) }, ["y"]);
        return Number(y.data[0]);
      },
    };
  },
};

test("a request that can only fail opens no graph and evicts no other model", async () => {
  const path = await mkdtemp(join(tmpdir(), "kindred-prepare-"));
  const runtime = fakeRuntime(({ x }) => ({ y: numbers(Number(x!.data[0])) }));
  await using kernel = await createKernel({
    plugins: [{ contract: 1, name: "count", families: [counter] }],
    models: [
      { id: "served", source: path },
      { id: "idle", source: path },
    ],
    provides: [
      provide(graphRuntime, () => runtime),
      provide(deviceAllocator, () => countingAllocator(100)),
    ],
  });
  await kernel.run(count, "served", 1);
  const before = [...runtime.log];
  await expect(kernel.run(count, "idle", -1)).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: "x",
  });
  expect(runtime.log).toEqual(before);
  expect(kernel.model(count, "served").graphs).toMatchObject([{ name: "g", open: true }]);
});
