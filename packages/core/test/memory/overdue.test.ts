import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { KernelError } from "../../src/errors.ts";
import type { GraphRuntime } from "../../src/graph.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";
import type { FakeRun } from "../../src/testing/fake-runtime.ts";
import { numbers, source } from "../fixtures.ts";
import { never, oneDevice } from "./setup.ts";

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const hang = numbers(-1);

/** Runs of -1 hang. Others take so many milliseconds, or no time. */
const hanging: FakeRun = async ({ x }) => {
  const milliseconds = Number(x!.data[0]);
  if (milliseconds < 0) await new Promise(() => {});
  if (milliseconds > 0) await wait(milliseconds);
  return { y: x! };
};

/** A model of one graph, and what its runs are. */
function model(options: { readonly runTimeout?: number; readonly runtime?: GraphRuntime } = {}) {
  const device = oneDevice(100, hanging);
  const memory = device.modelOf("m", options);
  const graph = memory.declare(source("g", 40, { workspace: ({ x }) => x![0]! }));
  const ask = (x: ReturnType<typeof numbers>, signal = never) =>
    memory.turn(never, () => graph.run({ x }, ["y"], signal));
  return { ...device, model: memory, graph, ask };
}

const outcome = (run: Promise<unknown>) => run.catch((error: unknown) => error);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a run that takes longer than it may", () => {
  test("fails with the numbers, and its graph is opened anew by the next", async () => {
    const { ask, runtime, model: memory, allocator } = model({ runTimeout: 3_000 });
    const failed = outcome(ask(hang));
    await vi.advanceTimersByTimeAsync(2_900);
    expect(runtime.opened.size).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(await failed).toMatchObject({
      code: "GRAPH_FAILED",
      message: expect.stringMatching(/"g" of "m" .* after 3\.0 s.* may take 3\.0 s.*runTimeout/),
    });
    expect(await ask(numbers(0))).toEqual({ y: numbers(0) });
    expect(runtime.log).toEqual(["open g", "run g", "close g", "open g", "run g"]);
    await memory.close();
    expect(allocator.leased).toBe(0);
  });

  test("is told before, with its seconds, its bound and that it hangs", async () => {
    const { ask, model: memory } = model({ runTimeout: 100_000 });
    const failed = outcome(ask(hang));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(memory.info.graphs![0]!.running).toEqual({
      seconds: 10,
      maxSeconds: 100,
      hangs: false,
    });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(memory.info.graphs![0]!.running).toMatchObject({ seconds: 30, hangs: true });
    await vi.advanceTimersByTimeAsync(80_000);
    await failed;
    expect(memory.info.graphs![0]).not.toHaveProperty("running");
  });

  test("gives its memory back also when its graph cannot be closed", async () => {
    const runtime = fakeRuntime(hanging);
    const stuck: GraphRuntime = {
      open: async (...given) => ({
        ...(await runtime.open(...given)),
        [Symbol.asyncDispose]: () => new Promise(() => {}),
      }),
    };
    const { ask, model: memory, allocator } = model({ runTimeout: 1_000, runtime: stuck });
    const failed = outcome(ask(hang));
    await vi.advanceTimersByTimeAsync(1_100);
    expect(await failed).toMatchObject({ code: "GRAPH_FAILED" });
    const closed = memory.close();
    await vi.advanceTimersByTimeAsync(11_000);
    await closed;
    expect(allocator.leased).toBe(0);
  });

  test("keeps its model from closing no longer than that", async () => {
    const { ask, model: memory, allocator } = model({ runTimeout: 3_000 });
    const failed = outcome(ask(hang));
    await vi.advanceTimersByTimeAsync(10);
    const closed = memory.close();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await failed).toMatchObject({ code: "GRAPH_FAILED" });
    await closed;
    expect(allocator.leased).toBe(0);
  });

  test("counts from its turn, and the runs behind it run again in another session", async () => {
    const { model: memory, graph, runtime } = model({ runTimeout: 3_000 });
    const run = (...values: number[]) => outcome(graph.run({ x: numbers(...values) }, ["y"]));
    let results: unknown[] = [];
    const turn = memory.turn(never, async () => {
      const first = run(-1);
      await vi.advanceTimersByTimeAsync(2_000);
      results = await Promise.all([first, run(-1), run(0)]);
    });
    await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(2_000);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(runtime.log.filter((line) => line === "open g")).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(3_000);
    await turn;
    expect(results).toEqual([
      expect.objectContaining({ code: "GRAPH_FAILED" }),
      expect.objectContaining({ code: "GRAPH_FAILED" }),
      { y: numbers(0) },
    ]);
  });
});

describe("a run whose signal aborts", () => {
  test("goes on for two seconds, then its session is ended and the next is not held", async () => {
    const { ask, runtime } = model();
    const abort = new AbortController();
    const aborted = outcome(ask(hang, abort.signal));
    await vi.advanceTimersByTimeAsync(5_000);
    abort.abort();
    await vi.advanceTimersByTimeAsync(1_900);
    expect(runtime.opened.size).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(await aborted).toMatchObject({ code: "ABORTED" });
    expect(await ask(numbers(0))).toEqual({ y: numbers(0) });
  });

  test("goes on for as long as opening its graph took, where that is more", async () => {
    const runtime = fakeRuntime(hanging);
    const slow: GraphRuntime = {
      async open(...given) {
        await wait(6_000);
        return runtime.open(...given);
      },
    };
    const { ask } = model({ runtime: slow });
    const abort = new AbortController();
    const aborted = outcome(ask(hang, abort.signal));
    await vi.advanceTimersByTimeAsync(6_100);
    abort.abort();
    await vi.advanceTimersByTimeAsync(5_500);
    expect(runtime.opened.size).toBe(1);
    await vi.advanceTimersByTimeAsync(600);
    expect(await aborted).toMatchObject({ code: "ABORTED" });
  });

  test("keeps its session when it ends within that time", async () => {
    const { ask, runtime } = model();
    const abort = new AbortController();
    const run = ask(numbers(1_500), abort.signal);
    await vi.advanceTimersByTimeAsync(100);
    abort.abort();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await run).toEqual({ y: numbers(1_500) });
    expect(runtime.log).toEqual(["open g", "run g"]);
  });

  test("takes nothing from another request's run in the same session", async () => {
    const { ask, runtime } = model();
    const abort = new AbortController();
    const aborted = outcome(ask(hang, abort.signal));
    await vi.advanceTimersByTimeAsync(10);
    const other = ask(numbers(3_000));
    await vi.advanceTimersByTimeAsync(90);
    abort.abort();
    await vi.advanceTimersByTimeAsync(2_100);
    expect(await aborted).toMatchObject({ code: "ABORTED" });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await other).toEqual({ y: numbers(3_000) });
    expect(runtime.log).toEqual(["open g", "run g", "run g", "close g", "open g", "run g"]);
  });

  test("has no such time once the server is at its deadline", async () => {
    const { ask } = model();
    const abort = new AbortController();
    const closed = outcome(ask(hang, abort.signal));
    await vi.advanceTimersByTimeAsync(100);
    abort.abort(new KernelError("CLOSED", "The server is shutting down."));
    await vi.advanceTimersByTimeAsync(1);
    expect(await closed).toMatchObject({ code: "CLOSED", message: "The server is shutting down." });
  });

  test("is not begun when that happened while its graph was opened, and the graph stays", async () => {
    const abort = new AbortController();
    const runtime = fakeRuntime(hanging);
    const { ask } = model({
      runtime: { open: (...given) => (abort.abort(), runtime.open(...given)) },
    });
    expect(await outcome(ask(hang, abort.signal))).toMatchObject({ code: "ABORTED" });
    expect(runtime.log).toEqual(["open g"]);
  });
});

describe("an opening that hangs", () => {
  /** A model whose graph never opens, and the signals that its runtime was given. */
  function opening() {
    const signals: AbortSignal[] = [];
    const runtime: GraphRuntime = {
      open: (_source, _lease, signal) =>
        new Promise((_, reject) => {
          signals.push(signal!);
          signal!.addEventListener("abort", () => reject(signal!.reason));
        }),
    };
    return { ...model({ runtime }), signals };
  }

  test("is given up after two minutes and a second for every 5 MB", async () => {
    const { ask, model: memory } = opening();
    const failed = outcome(ask(hang));
    await vi.advanceTimersByTimeAsync(119_000);
    expect(memory.sessions).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await failed).toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining("was not open after 120 s"),
    });
    expect(memory.sessions).toEqual([]);
  });

  test.each([
    ["is given up at the server's deadline", new KernelError("CLOSED", "Shutting down."), true],
    ["goes on after another abort, for the next request", undefined, false],
  ])("%s", async (_, reason, ends) => {
    const { ask, model: memory, signals } = opening();
    const abort = new AbortController();
    const failed = outcome(ask(hang, abort.signal));
    await vi.advanceTimersByTimeAsync(10);
    abort.abort(reason);
    await vi.advanceTimersByTimeAsync(10);
    expect(signals.map(({ aborted }) => aborted)).toEqual([ends]);
    expect(memory.sessions).toHaveLength(ends ? 0 : 1);
    await vi.advanceTimersByTimeAsync(121_000);
    expect(await failed).toMatchObject({ code: ends ? "CLOSED" : "LOAD_FAILED" });
  });

  test("gives its memory back also when its runtime hears no signal", async () => {
    const {
      ask,
      model: memory,
      allocator,
    } = model({
      runtime: { open: () => new Promise(() => {}) },
    });
    const failed = outcome(ask(hang));
    await vi.advanceTimersByTimeAsync(131_000);
    expect(await failed).toMatchObject({ code: "LOAD_FAILED" });
    await memory.close();
    expect(allocator.leased).toBe(0);
  });
});
