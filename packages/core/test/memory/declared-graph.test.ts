import { expect, test } from "vitest";
import type { Graph } from "../../src/graph.ts";
import { gate, numbers, source, tick } from "../fixtures.ts";
import { never, oneDevice, twoDevices } from "./setup.ts";

const tenEach = { peakBytes: 60, workspace: ({ x }: any) => x[0] * 10 };
const run = (graph: Graph, ...values: number[]) => graph.run({ x: numbers(...values) }, ["y"]);

test("a graph needs its opening, or its weights and activations, whichever is more", () => {
  const graph = oneDevice(100)
    .modelOf("a")
    .declare(source("g", 40, tenEach));
  expect(graph.bytes()).toBe(60);
  expect(graph.bytes({ x: [1] })).toBe(60);
  expect(graph.bytes({ x: [5] })).toBe(90);
});

test("a graph's process counts in main memory, and not on another device", () => {
  const { onCpu, onGpu } = twoDevices({ cuda: 100, cpu: 100, overheadBytes: 7 });
  const dims = { x: [5] };
  expect(
    onCpu("a")
      .declare(source("g", 40, tenEach))
      .bytes(dims),
  ).toBe(97);
  expect(
    onGpu("b")
      .declare(source("g", 40, tenEach))
      .bytes(dims),
  ).toBe(90);
});

test("exactly what a graph says it needs is enough to run it", async () => {
  const declare = (bytes: number) => {
    const model = oneDevice(bytes).modelOf("a");
    return { model, graph: model.declare(source("g", 40, tenEach)) };
  };
  const needed = declare(0).graph.bytes({ x: [3] });
  const enough = declare(needed);
  await enough.model.turn(never, () => run(enough.graph, 1, 2, 3));
  const short = declare(needed - 1);
  const turn = short.model.turn(never, () => run(short.graph, 1, 2, 3));
  await expect(turn).rejects.toMatchObject({ code: "DEVICE_EXHAUSTED" });
});

test("a model's info has its graphs: whether they are open, and their largest run so far", async () => {
  const { modelOf } = oneDevice(100);
  const model = modelOf("a");
  const graph = model.declare(source("g", 40, tenEach));
  const facts = { name: "g", bytes: 40, peakBytes: 60, overheadBytes: 0 };
  expect(model.info.graphs).toEqual([{ ...facts, open: false, workspaceBytes: 0 }]);
  await model.turn(never, async () => (await run(graph, 1, 2, 3), await run(graph, 1)));
  expect(model.info.graphs).toEqual([{ ...facts, open: true, workspaceBytes: 30 }]);
  const closing = model.sessions[0]!.close();
  expect(model.info.graphs).toEqual([{ ...facts, open: false, workspaceBytes: 30 }]);
  await closing;
});

test("a run takes the least busy of a graph's sessions", async () => {
  const gates = [gate(), gate(), gate()] as const;
  const { modelOf } = oneDevice(100, async ({ x }) => {
    await gates[Number(x!.data[0])]!.opened;
    return { y: x! };
  });
  const model = modelOf("a", { replicas: 2 });
  const graph = model.declare(source("g", 40));
  const users = () => model.sessions.map((session) => session.users).toSorted();
  const [first, second] = [0, 1].map((value) => model.turn(never, () => run(graph, value)));
  for (let i = 0; i < 5; i++) await tick();
  expect(users()).toEqual([1, 1]);
  gates[1].open();
  await second;
  expect(users()).toEqual([0, 1]);
  const third = model.turn(never, () => run(graph, 2));
  for (let i = 0; i < 5; i++) await tick();
  expect(users()).toEqual([1, 1]);
  gates[0].open();
  gates[2].open();
  await Promise.all([first, third]);
});

test("no replica is opened while another model waits for memory", async () => {
  const { opened: ended, open: end } = gate();
  const { runtime, modelOf } = oneDevice(100, async ({ x }) => (await ended, { y: x! }));
  const [model, other] = [modelOf("a", { replicas: 2 }), modelOf("b")];
  const graph = model.declare(source("g", 40));
  const theirs = other.declare(source("theirs", 90));
  let second: Promise<unknown> | undefined;
  const first = model.turn(never, async () => {
    const running = run(graph, 1);
    for (let i = 0; i < 5; i++) await tick();
    second = run(graph, 2);
    await Promise.all([running, second]);
  });
  await tick();
  const waiting = other.turn(never, () => run(theirs, 1));
  for (let i = 0; i < 10; i++) await tick();
  expect(runtime.log).toEqual(["open g", "run g", "run g"]);
  end();
  await Promise.all([first, waiting]);
});

test("a graph that is evicted while its run waits for more memory is opened anew", async () => {
  const { opened: ended, open: end } = gate();
  const { allocator, runtime, modelOf } = oneDevice(100);
  const [model, busy, before] = [modelOf("a"), modelOf("busy"), modelOf("before")];
  const graph = model.declare(source("g", 40, { workspace: ({ x }) => x![0]! * 10 }));
  const theirs = busy.declare(source("theirs", 45));
  const other = before.declare(source("other", 50));
  await model.turn(never, () => run(graph, 1));
  const busyTurn = busy.turn(never, async () => (await run(theirs, 1), await ended));
  for (let i = 0; i < 5; i++) await tick();
  const turn = model.turn(never, async () => {
    for (let i = 0; i < 5; i++) await tick();
    await run(graph, 1, 2, 3);
  });
  const beforeTurn = before.turn(never, () => run(other, 1));
  await expect.poll(() => runtime.log).toContain("close g");
  end();
  await Promise.all([turn, busyTurn, beforeTurn]);
  const log = runtime.log.filter((line) => line.endsWith(" g"));
  expect(log).toEqual(["open g", "run g", "close g", "open g", "run g"]);
  expect(model.info.memory?.leased).toBe(70);
  await Promise.all([model, busy, before].map((each) => each.close()));
  expect(allocator.leased).toBe(0);
});
