import { expect, test } from "vitest";
import type { Graph, GraphRuntime } from "../../src/graph.ts";
import { silent } from "../../src/logger.ts";
import { gate, numbers, source, tick } from "../fixtures.ts";
import { tracing } from "../../src/tracing.ts";
import { never, oneDevice } from "./setup.ts";

/** Wraps a runtime: its graphs are closed only after `closing`. */
function closingSlowly(runtime: GraphRuntime, closing: () => Promise<void>): GraphRuntime {
  return {
    async open(opened, lease) {
      const graph = await runtime.open(opened, lease);
      const dispose = () => graph[Symbol.asyncDispose]();
      return { ...graph, [Symbol.asyncDispose]: async () => (await closing(), dispose()) };
    },
  };
}

test("a graph is opened ahead of its first run and kept for the next", async () => {
  const { runtime, modelOf } = oneDevice(100);
  const model = modelOf("a");
  const graph = model.declare(source("g", 60));
  for (const value of [1, 2]) {
    const { y } = await model.turn(never, () => graph.run({ x: numbers(value) }, ["y"]));
    expect(y.data).toEqual(Float32Array.of(value));
  }
  expect(runtime.log).toEqual(["open g", "run g", "run g"]);
});

test("concurrent first turns open a graph once", async () => {
  const { runtime, modelOf } = oneDevice(100);
  const model = modelOf("a");
  const graph = model.declare(source("g", 60));
  const run = () => model.turn(never, () => graph.run({ x: numbers(1) }, ["y"]));
  await Promise.all([run(), run(), run()]);
  expect(runtime.log.filter((line) => line === "open g")).toHaveLength(1);
});

test("graphs that do not fit together run in turn, the least recently used closing first", async () => {
  const { allocator, runtime, modelOf } = oneDevice(100);
  const model = modelOf("a");
  const [one, two, three] = ["one", "two", "three"].map((name) => model.declare(source(name, 45)));
  await model.turn(never, async () => {
    for (const graph of [one, two, three, three, one]) await graph!.run({ x: numbers(1) }, ["y"]);
    expect(allocator.leased).toBeLessThanOrEqual(100);
  });
  expect(runtime.log.filter((line) => !line.startsWith("run"))).toEqual([
    "open one",
    "open two",
    "close one",
    "open three",
    "close two",
    "open one",
  ]);
});

test("the lease covers the peak while a graph is opened and shrinks to its weights afterwards", async () => {
  const { allocator, modelOf } = oneDevice(100);
  const model = modelOf("a");
  const graph = model.declare(source("g", 40, { peakBytes: 90 }));
  await model.turn(never, async () => {
    await graph.run({ x: numbers(1) }, ["y"]);
    expect(allocator.leased).toBe(90);
  });
  expect(allocator.leased).toBe(40);
});

test("activations count for as long as the graph is open, at their largest", async () => {
  const { allocator, modelOf } = oneDevice(100);
  const model = modelOf("a");
  const graph = model.declare(source("g", 40, { workspace: ({ x }) => x![0]! * 10 }));
  await model.turn(never, async () => {
    await graph.run({ x: numbers(1, 2, 3) }, ["y"]);
    await graph.run({ x: numbers(1) }, ["y"]);
  });
  expect(allocator.leased).toBe(70);
});

test("idle models are evicted, the least recently used first", async () => {
  const { runtime, modelOf } = oneDevice(100);
  const models = ["a", "b", "c"].map((id) => {
    const model = modelOf(id);
    const graph = model.declare(source(id, 45));
    return () => model.turn(never, () => graph.run({ x: numbers(1) }, ["y"]));
  });
  const [a, b, c] = models as [
    () => Promise<unknown>,
    () => Promise<unknown>,
    () => Promise<unknown>,
  ];
  const seen: unknown[] = [];
  const told = (event: unknown) => seen.push(event);
  await a();
  await b();
  await a();
  // A graph is spared for as long as its opening took.
  await new Promise((resolve) => setTimeout(resolve, 50));
  tracing.modelEvict.subscribe(told);
  await c();
  tracing.modelEvict.unsubscribe(told);
  expect(seen).toEqual([{ model: "b", graphs: 1, reason: "memory" }]);
  expect(runtime.log.filter((line) => line.startsWith("close"))).toEqual(["close b"]);
});

test("two models that do not fit together, asked alternately by eight clients, never wait for each other", async () => {
  const { allocator, runtime, modelOf } = oneDevice(100, async (feeds) => {
    await tick();
    return { y: feeds["x"]! };
  });
  const [a, b] = ["a", "b"].map((id) => {
    const model = modelOf(id);
    const graphs = [model.declare(source(`${id}1`, 60)), model.declare(source(`${id}2`, 50))];
    return () =>
      model.turn(never, async () => {
        for (const graph of graphs) await graph.run({ x: numbers(1) }, ["y"]);
      });
  });
  const client = async (index: number) => {
    for (let i = 0; i < 10; i++) await ((i + index) % 2 ? a! : b!)();
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => client(index)));
  expect(runtime.opened.size).toBeLessThanOrEqual(1);
  expect(runtime.log.filter((line) => line.startsWith("run"))).toHaveLength(160);
  expect(allocator.leased).toBeLessThanOrEqual(100);
});

test("two models that need more memory in the middle of a turn both finish", async () => {
  const { modelOf } = oneDevice(100);
  const turns = ["a", "b"].map((id) => {
    const model = modelOf(id);
    const small = model.declare(
      source(`${id}-small`, 40, { workspace: ({ x }) => (x!.length > 1 ? 50 : 0) }),
    );
    return model.turn(never, async () => {
      await small.run({ x: numbers(1) }, ["y"]);
      await tick();
      await small.run({ x: { type: "float32", dims: [1, 1], data: Float32Array.of(1) } }, ["y"]);
    });
  });
  await Promise.all(turns);
});

test("a model that can never fit is refused with the numbers before anything is opened", async () => {
  const { runtime, modelOf } = oneDevice(1_000_000);
  const model = modelOf("huge");
  model.declare(source("g", 2_000_000));
  expect(() => model.refuseIfTooLarge()).toThrow(/"huge" needs 2 MB at once; cpu has 1 MB/);
  await expect(model.turn(never, async () => 1)).rejects.toMatchObject({
    code: "DEVICE_EXHAUSTED",
  });
  expect(runtime.log).toEqual([]);
});

test("a run too large for the device is refused, and the model goes on", async () => {
  const { modelOf } = oneDevice(100);
  const model = modelOf("a");
  const graph = model.declare(source("g", 40, { workspace: ({ x }) => x![0]! * 30 }));
  const run = (...values: number[]) =>
    model.turn(never, () => graph.run({ x: numbers(...values) }, ["y"]));
  await expect(run(1, 2, 3)).rejects.toMatchObject({ code: "DEVICE_EXHAUSTED" });
  await expect(run(1)).resolves.toBeDefined();
});

test("a model that waits for memory can be aborted, and those behind it go on", async () => {
  const { modelOf } = oneDevice(100);
  const [busy, waits, small] = ["busy", "waits", "small"].map((id) => modelOf(id));
  busy!.declare(source("g", 60));
  waits!.declare(source("g", 60));
  small!.declare(source("g", 30));
  const { opened, open } = gate();
  const first = busy!.turn(never, () => opened);
  await tick();
  const abort = new AbortController();
  const second = waits!.turn(abort.signal, async () => "never");
  const third = small!.turn(never, async () => "done");
  await tick();
  abort.abort();
  await expect(second).rejects.toMatchObject({ code: "ABORTED" });
  await expect(third).resolves.toBe("done");
  open();
  await first;
});

test("a graph that died is opened anew by the next run", async () => {
  const { allocator, runtime, modelOf } = oneDevice(100);
  const model = modelOf("a");
  const graph = model.declare(source("g", 40));
  const run = () => model.turn(never, () => graph.run({ x: numbers(1) }, ["y"]));
  await run();
  runtime.kill("g");
  await tick();
  expect(allocator.leased).toBe(0);
  await run();
  expect(runtime.log).toEqual(["open g", "run g", "open g", "run g"]);
});

test("replicas are opened when runs overlap, while there is room", async () => {
  const gates = [gate(), gate(), gate()];
  let runs = 0;
  const { runtime, modelOf } = oneDevice(100, async (feeds) => {
    await gates[runs++]!.opened;
    return { y: feeds["x"]! };
  });
  const model = modelOf("a", { replicas: 3 });
  const graph = model.declare(source("g", 45));
  const turns = [1, 2, 3].map((value) =>
    model.turn(never, () => graph.run({ x: numbers(value) }, ["y"])),
  );
  for (let i = 0; i < 20; i++) await tick();
  expect(runtime.opened.size).toBe(2);
  for (const { open } of gates) open();
  await Promise.all(turns);
});

test("an idle model's graphs are closed after its keep-alive", async () => {
  const { allocator, runtime, modelOf } = oneDevice(100);
  const model = modelOf("a", { keepAlive: 10 });
  const graph = model.declare(source("g", 40));
  await model.turn(never, () => graph.run({ x: numbers(1) }, ["y"]));
  await expect.poll(() => allocator.leased).toBe(0);
  expect(runtime.log).toEqual(["open g", "run g", "close g"]);
});

test("a failing opening leaves no lease", async () => {
  const { allocator, modelOf } = oneDevice(100);
  const runtime = { open: () => Promise.reject(new Error("broken")) };
  const model = modelOf("a", { runtime });
  const graph = model.declare(source("g", 40));
  await expect(model.turn(never, () => graph.run({ x: numbers(1) }, ["y"]))).rejects.toThrow(
    "broken",
  );
  expect(allocator.leased).toBe(0);
});

test("an allocator shared with others is asked again", async () => {
  const { allocator, modelOf } = oneDevice(100);
  const others = allocator.acquire(allocator.devices[0]!, 80)!;
  const model = modelOf("a");
  model.declare(source("g", 40));
  const turn = model.turn(never, async () => "done");
  await tick();
  others[Symbol.dispose]();
  await expect(turn).resolves.toBe("done");
});

test("a request that comes while an idle model's graph is being closed has it opened anew", async () => {
  const { allocator, runtime, modelOf } = oneDevice(100);
  const { opened: gone, open: go } = gate();
  const model = modelOf("a", { keepAlive: 10, runtime: closingSlowly(runtime, () => gone) });
  const graph = model.declare(source("g", 60));
  const run = () => model.turn(never, () => graph.run({ x: numbers(1) }, ["y"]));
  await run();
  await new Promise((resolve) => setTimeout(resolve, 30));
  const next = run();
  await tick();
  go();
  await next;
  expect(allocator.leased).toBe(60);
  expect(runtime.log).toEqual(["open g", "run g", "close g", "open g", "run g"]);
});

test("a keep-alive longer than any timer never ends", async () => {
  const { runtime, modelOf } = oneDevice(100);
  const model = modelOf("a", { keepAlive: 10_000_000_000 });
  const graph = model.declare(source("g", 40));
  await model.turn(never, () => graph.run({ x: numbers(1) }, ["y"]));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(runtime.log).toEqual(["open g", "run g"]);
});

test("a run that waits for an earlier run of its own model does not block the event loop", async () => {
  const [first, second] = [gate(), gate()];
  const gates = [first, second];
  const { runtime, modelOf } = oneDevice(100, async (feeds) => {
    await gates.shift()?.opened;
    return { y: feeds["x"]! };
  });
  const model = modelOf("a");
  const [one, two] = ["one", "two"].map((name) => model.declare(source(name, 60)));
  const run = (graph: Graph) => graph.run({ x: numbers(1) }, ["y"]);
  const turn = model.turn(never, () => Promise.all([run(one!), run(one!), run(two!)]));
  for (let i = 0; i < 5; i++) await tick();
  second.open();
  for (let i = 0; i < 5; i++) await tick();
  expect(runtime.log.filter((line) => line === "open two")).toEqual([]);
  first.open();
  await turn;
});

test("an abort is heard although it came before the waiting began", async () => {
  const { runtime, modelOf } = oneDevice(100);
  const { opened: gone, open: go } = gate();
  const { opened: ended, open: end } = gate();
  const [other, model] = [
    modelOf("other"),
    modelOf("a", { runtime: closingSlowly(runtime, () => gone) }),
  ];
  const theirs = other.declare(source("theirs", 40));
  const busy = other.turn(
    never,
    async () => (await theirs.run({ x: numbers(1) }, ["y"]), await ended),
  );
  const [small, large] = [
    model.declare(source("small", 30)),
    model.declare(source("large", 40, { workspace: () => 30 })),
  ];
  const abort = new AbortController();
  const turn = model.turn(abort.signal, async () => {
    await small.run({ x: numbers(1) }, ["y"], abort.signal);
    await large.run({ x: numbers(1) }, ["y"], abort.signal);
  });
  for (let i = 0; i < 5; i++) await tick();
  abort.abort();
  go();
  await expect(turn).rejects.toMatchObject({ code: "ABORTED" });
  end();
  await busy;
});

test("warming a model that is closed fails with CLOSED, and nothing is opened", async () => {
  const { allocator, runtime, modelOf } = oneDevice(100);
  const { opened: ended, open: end } = gate();
  const other = modelOf("other");
  other.declare(source("theirs", 80));
  const busy = other.turn(never, () => ended);
  const model = modelOf("a");
  model.declare(source("g", 60));
  await tick();
  const warming = model.warm(never);
  await tick();
  const closing = model.close();
  await expect(warming).rejects.toMatchObject({ code: "CLOSED" });
  await closing;
  await expect(model.warm(never)).rejects.toMatchObject({ code: "CLOSED" });
  end();
  await busy;
  await other.close();
  expect(runtime.log).toEqual([]);
  expect(allocator.leased).toBe(0);
});

test("a model that is evicted while it waits then asks for no more than it needs", async () => {
  const { modelOf } = oneDevice(100);
  const [model, other] = [modelOf("a"), modelOf("b")];
  const [x, y] = [model.declare(source("x", 50)), model.declare(source("y", 40))];
  const theirs = other.declare(source("theirs", 20));
  const run = (graph: Graph) => graph.run({ x: numbers(1) }, ["y"]);
  await model.turn(never, async () => (await run(x), await run(y)));
  const { opened: ended, open: end } = gate();
  const { opened: theirEnd, open: endTheirs } = gate();
  const busy = model.turn(never, () => ended);
  const before = other.turn(never, async () => (await run(theirs), await theirEnd));
  const next = model.turn(never, () => run(x));
  end();
  await busy;
  await next;
  endTheirs();
  await before;
});

test("a model that needs a little more for an open graph keeps that graph", async () => {
  const { runtime, modelOf } = oneDevice(100);
  const [model, other] = [modelOf("a"), modelOf("b")];
  const graph = model.declare(source("g", 40, { workspace: ({ x }) => (x![0]! > 1 ? 5 : 0) }));
  const theirs = other.declare(source("theirs", 58));
  const run = (...values: number[]) => graph.run({ x: numbers(...values) }, ["y"]);
  await model.turn(never, () => run(1));
  const { opened: ended, open: end } = gate();
  const busy = other.turn(
    never,
    async () => (await theirs.run({ x: numbers(1) }, ["y"]), await ended),
  );
  for (let i = 0; i < 5; i++) await tick();
  const next = model.turn(never, () => run(1, 2));
  for (let i = 0; i < 5; i++) await tick();
  end();
  await busy;
  await next;
  expect(runtime.log.filter((line) => line === "close g")).toEqual([]);
});

test("a graph whose run outlived its turn is closed with its model", async () => {
  const { opened: ended, open: end } = gate();
  const { allocator, runtime, modelOf } = oneDevice(100, async (feeds) => {
    if (feeds["x"]!.data[0] === 2) await ended;
    return { y: feeds["x"]! };
  });
  const model = modelOf("a");
  const graph = model.declare(source("g", 40));
  let stray: Promise<unknown> | undefined;
  await model.turn(never, async () => {
    stray = graph.run({ x: numbers(2) }, ["y"]);
    await tick();
  });
  const closing = model.close();
  for (let i = 0; i < 5; i++) await tick();
  end();
  await stray;
  await closing;
  expect(runtime.opened.size).toBe(0);
  expect(allocator.leased).toBe(0);
  await expect(graph.run({ x: numbers(1) }, ["y"])).rejects.toMatchObject({ code: "CLOSED" });
});

test("a run that waits for another of its own model hears its abort at once", async () => {
  const { opened: ended, open: end } = gate();
  const { modelOf } = oneDevice(100, async (feeds) => (await ended, { y: feeds["x"]! }));
  const model = modelOf("a", { replicas: 2 });
  const [one, two] = ["one", "two"].map((name) => model.declare(source(name, 60)));
  const run = (graph: Graph, signal = never) =>
    model.turn(signal, () => graph.run({ x: numbers(1) }, ["y"], signal));
  const first = run(one!);
  for (let i = 0; i < 5; i++) await tick();
  const abort = new AbortController();
  const second = run(two!, abort.signal);
  for (let i = 0; i < 5; i++) await tick();
  abort.abort();
  await expect(second).rejects.toMatchObject({ code: "ABORTED" });
  end();
  await first;
});

test("warming ends when another model waits for memory", async () => {
  const { runtime, modelOf } = oneDevice(100);
  const { opened: slow, open: go } = gate();
  const opening: GraphRuntime = {
    open: async (each, lease) => (await slow, runtime.open(each, lease)),
  };
  const [model, other] = [modelOf("a", { runtime: opening }), modelOf("b")];
  for (const name of ["one", "two", "three"]) model.declare(source(name, 30));
  const theirs = other.declare(source("theirs", 80));
  const warming = model.warm(never);
  for (let i = 0; i < 5; i++) await tick();
  const waiting = other.turn(never, () => theirs.run({ x: numbers(1) }, ["y"]));
  for (let i = 0; i < 5; i++) await tick();
  go();
  await warming;
  await waiting;
  expect(runtime.log).toEqual(["open one", "close one", "open theirs", "run theirs"]);
});

test("a model is closed once the graphs that were being closed are gone", async () => {
  const { allocator, runtime, modelOf } = oneDevice(100);
  const { opened: gone, open: go } = gate();
  const model = modelOf("a", { keepAlive: 10, runtime: closingSlowly(runtime, () => gone) });
  const graph = model.declare(source("g", 60));
  await model.turn(never, () => graph.run({ x: numbers(1) }, ["y"]));
  await new Promise((resolve) => setTimeout(resolve, 30));
  let closed = false;
  const closing = model.close().then(() => (closed = true));
  for (let i = 0; i < 5; i++) await tick();
  expect(closed).toBe(false);
  go();
  await closing;
  expect(allocator.leased).toBe(0);
});

test("a graph that its runtime fails to close is logged, and the model goes on", async () => {
  const { allocator, runtime, modelOf } = oneDevice(100);
  const logged: object[] = [];
  const logger = { ...silent, error: (facts: object) => void logged.push(facts) };
  const broken = closingSlowly(runtime, () => Promise.reject(new Error("stuck")));
  const model = modelOf("a", { keepAlive: 10, runtime: broken, logger });
  const graph = model.declare(source("g", 60));
  const run = () => model.turn(never, () => graph.run({ x: numbers(1) }, ["y"]));
  await run();
  await expect.poll(() => allocator.leased).toBe(0);
  expect(logged).toMatchObject([{ model: "a", graph: "g", error: { message: "stuck" } }]);
  await run();
});
