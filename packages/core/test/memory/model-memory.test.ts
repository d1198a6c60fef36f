import { expect, test } from "vitest";
import type { Graph, GraphRuntime } from "../../src/graph.ts";
import { gate, numbers, source, tick } from "../fixtures.ts";
import { never, oneDevice } from "./setup.ts";

const run = (graph: Graph, ...values: number[]) => graph.run({ x: numbers(...values) }, ["y"]);

test("a turn begins with memory to open the largest closed graph", async () => {
  const { allocator, runtime, modelOf } = oneDevice(100);
  const model = modelOf("a");
  for (const [name, peakBytes] of Object.entries({ small: 40, large: 90 })) {
    model.declare(source(name, 30, { peakBytes }));
  }
  await model.turn(never, async () => expect(allocator.leased).toBe(90));
  expect(runtime.log).toEqual([]);
  expect(allocator.leased).toBe(0);
});

test("a turn whose graphs are open waits for nobody", async () => {
  const { allocator, modelOf } = oneDevice(100);
  const model = modelOf("a");
  const graph = model.declare(source("g", 60));
  await model.turn(never, () => run(graph, 1));
  const others = allocator.acquire(allocator.devices[0]!, 40)!;
  await model.turn(never, () => run(graph, 2));
  others[Symbol.dispose]();
});

test("a model says what it holds, and what it needs at once for runs like those so far", async () => {
  const { modelOf } = oneDevice(100);
  const model = modelOf("a");
  const [graph] = [
    model.declare(source("g", 40, { workspace: ({ x }) => x![0]! * 10 })),
    model.declare(source("other", 50)),
  ];
  expect(model.info).toMatchObject({ device: "cpu", memory: { leased: 0, needed: 50 } });
  await model.turn(never, () => run(graph, 1, 2, 3));
  expect(model.info.memory).toEqual({ leased: 70, needed: 70 });
});

test("decisions are made one after another, whether or not those before succeed", async () => {
  const model = oneDevice(100).modelOf("a");
  const { opened, open } = gate();
  const log: string[] = [];
  const first = model.decide(async () => {
    await opened;
    log.push("first");
    throw new Error("no");
  }, never);
  const leaving = new AbortController();
  const gone = model.decide(async () => log.push("gone"), leaving.signal);
  const second = model.decide(async () => log.push("second"), never);
  leaving.abort();
  await expect(gone).rejects.toMatchObject({ code: "ABORTED" });
  await tick();
  expect(log).toEqual([]);
  open();
  await expect(first).rejects.toThrow("no");
  await second;
  expect(log).toEqual(["first", "second"]);
});

test("warming opens the graphs that there is room for", async () => {
  const { allocator, runtime, modelOf } = oneDevice(100);
  const model = modelOf("a");
  for (const name of ["one", "two", "three"]) model.declare(source(name, 40));
  await model.warm(never);
  expect(runtime.log).toEqual(["open one", "open two"]);
  expect(allocator.leased).toBe(80);
});

test("a graph that is warmed and run at once is opened once", async () => {
  const { runtime, modelOf } = oneDevice(100);
  const model = modelOf("a");
  const graph = model.declare(source("g", 40));
  await Promise.all([model.warm(never), model.turn(never, () => run(graph, 1)), model.warm(never)]);
  expect(runtime.log).toEqual(["open g", "run g"]);
});

test("a model that waits has memory as soon as another is idle", async () => {
  const { runtime, modelOf } = oneDevice(100);
  const [model, other] = [modelOf("a"), modelOf("b")];
  const [graph, theirs] = [model.declare(source("g", 60)), other.declare(source("theirs", 60))];
  const { opened, open } = gate();
  const turn = model.turn(never, async () => (await run(graph, 1), await opened));
  for (let i = 0; i < 5; i++) await tick();
  const waiting = other.turn(never, () => run(theirs, 1));
  for (let i = 0; i < 5; i++) await tick();
  open();
  await turn;
  for (let i = 0; i < 5; i++) await tick();
  expect(runtime.log).toContain("open theirs");
  await waiting;
});

test("a turn under way when its model is closed may still run graphs, and a later one is refused", async () => {
  const { allocator, runtime, modelOf } = oneDevice(100);
  const model = modelOf("a");
  const graph = model.declare(source("g", 40));
  const { opened, open } = gate();
  const turn = model.turn(never, async () => (await opened, run(graph, 1)));
  await tick();
  const closing = model.close();
  await expect(model.turn(never, async () => 1)).rejects.toMatchObject({ code: "CLOSED" });
  open();
  await turn;
  await closing;
  expect(runtime.log).toEqual(["open g", "run g", "close g"]);
  expect(allocator.leased).toBe(0);
});

test("a run that its turn left waiting for memory ends when its model is closed", async () => {
  const { allocator, modelOf } = oneDevice(100);
  const [model, other] = [modelOf("a"), modelOf("b")];
  const graph = model.declare(source("g", 40, { workspace: ({ x }) => (x![0]! > 1 ? 50 : 0) }));
  const theirs = other.declare(source("theirs", 30));
  const { opened, open } = gate();
  const busy = other.turn(never, async () => (await run(theirs, 1), await opened));
  let stray: Promise<unknown> | undefined;
  await model.turn(never, async () => {
    await run(graph, 1);
    stray = run(graph, 1, 2);
    stray.catch(() => {});
    await tick();
  });
  await model.close();
  await expect(stray).rejects.toMatchObject({ code: "CLOSED" });
  open();
  await busy;
  await other.close();
  expect(allocator.leased).toBe(0);
});

test("a run that its turn left opening a graph is over when its model has been closed", async () => {
  const { allocator, runtime, modelOf } = oneDevice(100);
  const { opened, open } = gate();
  const slowly: GraphRuntime = {
    async open(each, lease) {
      const graph = await runtime.open(each, lease);
      const dispose = () => graph[Symbol.asyncDispose]();
      return { ...graph, [Symbol.asyncDispose]: async () => (await opened, dispose()) };
    },
  };
  const model = modelOf("a", { runtime: slowly });
  const [one, two] = [model.declare(source("one", 60)), model.declare(source("two", 60))];
  let stray: Promise<unknown> | undefined;
  await model.turn(never, async () => {
    await run(one, 1);
    stray = run(two, 1);
    await tick();
  });
  const closing = model.close();
  await tick();
  open();
  await Promise.all([closing, stray]);
  expect(runtime.opened.size).toBe(0);
  expect(allocator.leased).toBe(0);
});

/** Takes so many milliseconds to open a graph. */
function opensIn(milliseconds: number, runtime: GraphRuntime): GraphRuntime {
  return {
    async open(each, lease) {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return runtime.open(each, lease);
    },
  };
}

test("an idle model is not evicted for as long as it took to open", async () => {
  const { runtime, modelOf } = oneDevice(100);
  const [model, other] = [modelOf("a", { runtime: opensIn(60, runtime) }), modelOf("b")];
  const [graph, theirs] = [model.declare(source("g", 60)), other.declare(source("theirs", 60))];
  await model.turn(never, () => run(graph, 1));
  const since = performance.now();
  await other.turn(never, () => run(theirs, 1));
  expect(performance.now() - since).toBeGreaterThan(50);
  expect(runtime.log).toEqual(["open g", "run g", "close g", "open theirs", "run theirs"]);
});

test("until then its turns go first, although another model waits", async () => {
  const { runtime, modelOf } = oneDevice(100);
  const [model, other] = [modelOf("a", { runtime: opensIn(200, runtime) }), modelOf("b")];
  const [graph, theirs] = [model.declare(source("g", 60)), other.declare(source("theirs", 60))];
  await model.turn(never, () => run(graph, 1));
  const waiting = other.turn(never, () => run(theirs, 1));
  await tick();
  await model.turn(never, () => run(graph, 2));
  await waiting;
  expect(runtime.log.slice(0, 3)).toEqual(["open g", "run g", "run g"]);
});
