import { expect, onTestFinished, test, vi } from "vitest";
import type { Graph } from "../../src/graph.ts";
import { silent } from "../../src/logger.ts";
import { DeviceMemory } from "../../src/memory/device-memory.ts";
import { ModelMemory } from "../../src/memory/model-memory.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";
import type { FakeRun } from "../../src/testing/fake-runtime.ts";
import { countingAllocator, gate, numbers, source, tick } from "../fixtures.ts";
import { echo, never, twoDevices } from "./setup.ts";

const run = (graph: Graph, ...values: number[]) => graph.run({ x: numbers(...values) }, ["y"]);

/** A model with one graph, and a turn of it that runs the graph. */
function single(model: ModelMemory, name: string, bytes: number) {
  const graph = model.declare(source(name, bytes));
  return { model, graph, ask: () => model.turn(never, () => run(graph, 1)) };
}

test("a graph opened on the GPU takes its bytes there and its process in main memory, and gives back both", async () => {
  const devices = twoDevices({ cuda: 100, cpu: 50, overheadBytes: 20 });
  const model = devices.onGpu("a");
  const graph = model.declare(
    source("g", 40, { peakBytes: 70, workspace: ({ x }) => x![0]! * 10 }),
  );
  await model.turn(never, async () => {
    await run(graph, 1, 2);
    expect(devices.leased).toEqual({ cuda: 70, cpu: 20 });
  });
  expect(devices.leased).toEqual({ cuda: 60, cpu: 20 });
  expect(model.info).toMatchObject({ device: "cuda:0", memory: { leased: 60, needed: 70 } });
  expect(model.info.graphs).toMatchObject([{ bytes: 40, overheadBytes: 20 }]);
  await model.close();
  expect(devices.leased).toEqual({ cuda: 0, cpu: 0 });
});

test("a graph opened on the CPU takes both there", async () => {
  const devices = twoDevices({ cuda: 100, cpu: 100, overheadBytes: 20 });
  const { ask } = single(devices.onCpu("a"), "g", 40);
  await ask();
  expect(devices.leased).toEqual({ cuda: 0, cpu: 60 });
});

test("a graph that died or did not open gives back both", async () => {
  const devices = twoDevices({ cuda: 100, cpu: 50, overheadBytes: 20 });
  const { ask } = single(devices.onGpu("a"), "g", 40);
  await ask();
  devices.runtime.kill("g");
  await tick();
  expect(devices.leased).toEqual({ cuda: 0, cpu: 0 });
  const broken = { overheadBytes: 20, open: () => Promise.reject(new Error("broken")) };
  const failing = single(devices.onGpu("b", { runtime: broken }), "g", 40);
  await expect(failing.ask()).rejects.toThrow("broken");
  expect(devices.leased).toEqual({ cuda: 0, cpu: 0 });
});

test("idle models on the CPU make way for a GPU's process, and a GPU's model for one on the CPU", async () => {
  const devices = twoDevices({ cuda: 100, cpu: 70, overheadBytes: 20 });
  const onGpu = single(devices.onGpu("gpu"), "g", 40);
  const onCpu = single(devices.onCpu("cpu"), "c", 40);
  for (const { ask } of [onCpu, onGpu, onCpu]) await ask();
  const log = devices.runtime.log.filter((line) => !line.startsWith("run"));
  expect(log).toEqual(["open c", "close c", "open g", "close g", "open c"]);
  expect(devices.leased).toEqual({ cuda: 0, cpu: 60 });
});

test("a process that main memory can never hold is refused with the numbers", async () => {
  const devices = twoDevices({ cuda: 100, cpu: 50, overheadBytes: 60 });
  const { model, ask } = single(devices.onGpu("a"), "g", 40);
  const message = /"a" needs 60 bytes at once; cpu has 50 bytes in all/;
  expect(() => model.refuseIfTooLarge()).toThrow(message);
  await expect(ask()).rejects.toThrow(message);
  expect(devices.runtime.log).toEqual([]);
  expect(devices.leased).toEqual({ cuda: 0, cpu: 0 });
});

test("a model closes its own idle graph where main memory holds one process", async () => {
  const devices = twoDevices({ cuda: 100, cpu: 30, overheadBytes: 20 });
  const model = devices.onGpu("a");
  const graphs = ["one", "two"].map((name) => model.declare(source(name, 40)));
  await model.turn(never, async () => {
    for (const graph of graphs) await run(graph, 1);
  });
  expect(devices.runtime.log).toEqual(["open one", "run one", "close one", "open two", "run two"]);
  expect(devices.leased).toEqual({ cuda: 40, cpu: 20 });
});

test("a replica is not opened where main memory has no room for its process", async () => {
  const { opened: ended, open: end } = gate();
  const slowly: FakeRun = async ({ x }) => (await ended, { y: x! });
  const devices = twoDevices({ cuda: 100, cpu: 30, overheadBytes: 20, run: slowly });
  const { ask } = single(devices.onGpu("a", { replicas: 2 }), "g", 40);
  const turns = [ask(), ask()];
  for (let i = 0; i < 5; i++) await tick();
  expect(devices.runtime.opened.size).toBe(1);
  end();
  await Promise.all(turns);
});

test("a run that waits for main memory hears its abort, and gives back the GPU's", async () => {
  const { opened: ended, open: end } = gate();
  const devices = twoDevices({ cuda: 100, cpu: 70, overheadBytes: 20 });
  const [model, other] = [devices.onGpu("a"), devices.onCpu("b")];
  const [graph, theirs] = [model.declare(source("g", 40)), other.declare(source("c", 40))];
  const busy = other.turn(never, async () => (await run(theirs, 1), await ended));
  for (let i = 0; i < 5; i++) await tick();
  const abort = new AbortController();
  const { signal } = abort;
  const turn = model.turn(signal, () => graph.run({ x: numbers(1) }, ["y"], signal));
  for (let i = 0; i < 5; i++) await tick();
  expect(devices.leased).toEqual({ cuda: 40, cpu: 60 });
  abort.abort();
  await expect(turn).rejects.toMatchObject({ code: "ABORTED" });
  expect(devices.leased).toEqual({ cuda: 0, cpu: 60 });
  end();
  await busy;
});

test("a model that waits for main memory is told CLOSED when it is closed", async () => {
  const { opened: ended, open: end } = gate();
  const devices = twoDevices({ cuda: 100, cpu: 70, overheadBytes: 20 });
  const { model, ask } = single(devices.onGpu("gpu"), "g", 40);
  const other = single(devices.onCpu("cpu"), "c", 40);
  const busy = other.model.turn(never, async () => (await run(other.graph, 1), await ended));
  for (let i = 0; i < 5; i++) await tick();
  const waiting = ask();
  for (let i = 0; i < 5; i++) await tick();
  const closing = model.close();
  await expect(waiting).rejects.toMatchObject({ code: "CLOSED" });
  await closing;
  end();
  await busy;
  expect(devices.leased).toEqual({ cuda: 0, cpu: 60 });
});

test("a model that waits for main memory has it as soon as one on the GPU is idle", async () => {
  // Opening takes no time by this clock, so the model on the GPU is not spared for having just been opened.
  const clock = vi.spyOn(performance, "now").mockReturnValue(0);
  onTestFinished(() => clock.mockRestore());
  const { opened: ended, open: end } = gate();
  const devices = twoDevices({ cuda: 100, cpu: 70, overheadBytes: 20 });
  const { model, graph } = single(devices.onGpu("gpu"), "g", 40);
  const other = single(devices.onCpu("cpu"), "c", 40);
  const busy = model.turn(never, async () => (await run(graph, 1), await ended));
  for (let i = 0; i < 5; i++) await tick();
  const waiting = other.ask();
  for (let i = 0; i < 5; i++) await tick();
  end();
  await busy;
  for (let i = 0; i < 5; i++) await tick();
  expect(devices.runtime.log).toContain("open c");
  await waiting;
});

test("a busy model on the GPU makes way between its turns for one that waits for main memory", async () => {
  const devices = twoDevices({ cuda: 100, cpu: 70, overheadBytes: 20 });
  const { model, graph, ask } = single(devices.onGpu("gpu"), "g", 40);
  const other = single(devices.onCpu("cpu"), "c", 40);
  const turns = [1, 2].map(() => {
    const { opened, open } = gate();
    return {
      open,
      begin: () => model.turn(never, async () => (await run(graph, 1), await opened)),
    };
  });
  await ask();
  const first = turns[0]!.begin();
  for (let i = 0; i < 5; i++) await tick();
  const waiting = other.ask();
  const second = turns[1]!.begin();
  await waiting;
  turns.forEach(({ open }) => open());
  await Promise.all([first, second]);
});

test("an allocator without a CPU counts no process", async () => {
  const allocator = countingAllocator(100);
  const device = { ...allocator.devices[0]!, id: "cuda:0", provider: "cuda" };
  const memory = DeviceMemory.finder({ ...allocator, devices: [device] })(device);
  const runtime = fakeRuntime(echo, { overheadBytes: 20 });
  const options = { memory, runtime, logger: silent, replicas: 1, keepAlive: Infinity };
  await single(new ModelMemory({ id: "a", ...options }), "g", 40).ask();
  expect(allocator.leased).toBe(40);
});
