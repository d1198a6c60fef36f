import { expect, test } from "vitest";
import type { Graph, GraphRuntime } from "../../src/graph.ts";
import { silent } from "../../src/logger.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";
import { gate, numbers, source, tick } from "../fixtures.ts";
import { echo, never, oneDevice } from "./setup.ts";

const run = (graph: Graph) => graph.run({ x: numbers(1) }, ["y"]);

/** A runtime that notes the threads of each opening and of each run. */
function threadsOf(open: (threads: number) => Promise<void> = async () => {}) {
  const inner = fakeRuntime(echo);
  const opened: number[] = [];
  const ran: number[] = [];
  const runtime: GraphRuntime = {
    async open(each, lease, signal) {
      opened.push(lease.threads);
      await open(opened.length);
      const graph = await inner.open(each, lease, signal);
      return {
        closed: graph.closed,
        run: (feeds, outputs) => (ran.push(lease.threads), graph.run(feeds, outputs)),
        [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
      };
    },
  };
  return { runtime, opened, ran };
}

test("runs side by side have sessions of fewer threads, a run alone has all threads", async () => {
  const { runtime, opened, ran } = threadsOf();
  const { allocator, modelOf } = oneDevice(1000);
  const model = modelOf("a", { sideBySide: 2, runtime });
  const graph = model.declare(source("g", 100));
  await model.turn(never, () => run(graph));
  for (let i = 0; i < 4; i++) {
    const beside = () => model.turn(never, () => run(graph), true);
    await Promise.all([beside(), beside()]);
    await tick();
  }
  const all = allocator.devices[0]!.threads;
  expect(opened).toEqual([all, all / 2, all / 2]);
  expect(ran.slice(-2)).toEqual([all / 2, all / 2]);
  await model.turn(never, () => run(graph));
  expect(ran.at(-1)).toBe(all);
  expect(allocator.leased).toBe(300);
  await model.close();
  expect(allocator.leased).toBe(0);
});

test("runs use what is open while a session of fewer threads is on its way", async () => {
  const { opened: ready, open } = gate();
  const { runtime, ran } = threadsOf(async (count) => (count > 1 ? ready : undefined));
  const { allocator, modelOf } = oneDevice(1000);
  const model = modelOf("a", { sideBySide: 2, runtime });
  const graph = model.declare(source("g", 100));
  await model.turn(never, () => run(graph), true);
  await model.turn(never, () => run(graph), true);
  const all = allocator.devices[0]!.threads;
  expect(ran).toEqual([all, all]);
  open();
  await model.close();
  expect(allocator.leased).toBe(0);
});

test("copies that take more than a quarter of the device are not opened", async () => {
  const { runtime, opened } = threadsOf();
  const { modelOf } = oneDevice(1000);
  const model = modelOf("a", { sideBySide: 2, runtime });
  const graph = model.declare(source("g", 126));
  for (let i = 0; i < 3; i++) await model.turn(never, () => run(graph), true);
  expect(opened).toHaveLength(1);
});

test("a copy that cannot be opened is not tried again, and its memory is returned", async () => {
  const { runtime, opened } = threadsOf(async (count) => {
    if (count > 1) throw new Error("no process");
  });
  const { allocator, modelOf } = oneDevice(1000);
  const warned: object[] = [];
  const logger = { ...silent, warn: (facts: object) => void warned.push(facts) };
  const model = modelOf("a", { sideBySide: 2, runtime, logger });
  const graph = model.declare(source("g", 100));
  for (let i = 0; i < 3; i++) {
    await model.turn(never, () => run(graph), true);
    await tick();
  }
  expect(opened).toHaveLength(2);
  expect(warned).toHaveLength(1);
  expect(allocator.leased).toBe(100);
});
