import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ModelFamily } from "../src/family.ts";
import type { Graph } from "../src/graph.ts";
import { createKernel } from "../src/kernel.ts";
import type { KernelOptions } from "../src/kernel-options.ts";
import { silent } from "../src/logger.ts";
import type { Plugin } from "../src/plugin.ts";
import type { Task } from "../src/task.ts";
import { fakeRuntime } from "../src/testing/fake-runtime.ts";
import type { FakeRun } from "../src/testing/fake-runtime.ts";
import {
  deviceAllocator,
  graphRuntime,
  logger,
  modelSource,
  provide,
  token,
} from "../src/services.ts";
import { tracing } from "../src/tracing.ts";
import type { TaskEvent } from "../src/tracing.ts";
import type { Usage } from "../src/usage.ts";
import { call, countingAllocator, gate, numbers, source, tick } from "./fixtures.ts";
import type { Launch } from "../src/launch.ts";
import type { ModelSource } from "../src/model-source.ts";
import type { CallState } from "../src/pipeline.ts";
import { folderSource } from "../src/sources/folder-source.ts";

const double: Task<number, number, { done: number; total: number }> = { name: "double" };
const other: Task<string, string> = { name: "other" };

function doubler(more: Partial<ModelFamily<typeof double>> = {}): ModelFamily<typeof double> {
  return {
    name: "doubler",
    task: double,
    match: () => "own",
    async load({ graph }) {
      const g: Graph = graph(source("g", 40));
      return {
        info: { model_type: "double" },
        async run(x, { signal, onEvent }) {
          onEvent({ done: 1, total: 1 });
          const { y } = await g.run({ x: numbers(x) }, ["y"], signal);
          return Number(y.data[0]);
        },
      };
    },
    ...more,
  };
}

/** Loads once it is told to. */
function slow() {
  const { opened, open } = gate();
  const family = doubler();
  const load: typeof family.load = async (context) => (await opened, family.load(context));
  return { family: doubler({ load }), open };
}

const anything = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) },
} as const;

const plugin = (...families: ModelFamily<any, any>[]): Plugin => ({
  contract: 1,
  name: "test",
  families,
});

async function kernel({ run, ...options }: Partial<KernelOptions> & { run?: FakeRun } = {}) {
  const path = await mkdtemp(join(tmpdir(), "kindred-kernel-"));
  const runtime = fakeRuntime(run ?? (({ x }) => ({ y: numbers(Number(x!.data[0]) * 2) })));
  const allocator = countingAllocator(100);
  const made = await createKernel({
    plugins: [plugin(doubler())],
    models: [{ id: "m", source: path }],
    ...options,
    provides: [
      provide(graphRuntime, () => runtime),
      provide(deviceAllocator, () => allocator),
      ...(options.provides ?? []),
    ],
  });
  return { kernel: made, runtime, allocator, path };
}

test("a task runs on a model, and nothing is opened before", async () => {
  const { kernel: k, runtime } = await kernel();
  expect(runtime.log).toEqual([]);
  const events: unknown[] = [];
  expect(await k.run(double, "m", 21, { onEvent: (event) => events.push(event) })).toBe(42);
  expect(events).toEqual([{ done: 1, total: 1 }]);
  await k[Symbol.asyncDispose]();
  expect(runtime.log).toEqual(["open g", "run g", "close g"]);
});

test("tasks are compared by name, and the only model of a task needs no name", async () => {
  await using k = (await kernel()).kernel;
  expect(await k.run({ name: "double" } as typeof double, undefined, 1)).toBe(2);
});

test("a model's facts are known at once", async () => {
  const { kernel: made, path } = await kernel();
  await using k = made;
  expect(k.models()).toEqual([
    {
      id: "m",
      source: path,
      family: "doubler",
      task: "double",
      state: "ready",
      waiting: 0,
      replicas: 1,
      keepAlive: 300,
      idle: 0,
      device: "cpu",
      memory: { leased: 0, needed: 40 },
      graphs: [
        {
          name: "g",
          open: false,
          bytes: 40,
          peakBytes: 40,
          workspaceBytes: 0,
          overheadBytes: 0,
        },
      ],
      info: { model_type: "double" },
    },
  ]);
});

test("a model warmed by several at once is opened once", async () => {
  const { kernel: k, runtime, path } = await kernel();
  const launch = { id: "m", source: path };
  await Promise.all([1, 2, 3].map(() => k.load(launch, { warm: true })));
  expect(runtime.log).toEqual(["open g"]);
  await k[Symbol.asyncDispose]();
});

test("an unknown model, another task's model and a missing name are told apart", async () => {
  await using k = (await kernel({ models: [] })).kernel;
  await expect(k.run(double, "x", 1)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  await expect(k.run(double, undefined, 1)).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: "model",
  });
  const { kernel: l, path } = await kernel();
  await expect(l.run(double, "n", 1)).rejects.toThrow(/Did you mean "m"/);
  await expect(l.run(other, "m", "x")).rejects.toMatchObject({ code: "TASK_MISMATCH" });
  await l.load({ id: "second", source: path });
  await expect(l.run(double, undefined, 1)).rejects.toThrow(/"m", "second"/);
  await l[Symbol.asyncDispose]();
});

test("the model that a request means is told before it runs, by the same rule", async () => {
  const { kernel: k, path } = await kernel();
  expect(k.model(double)).toMatchObject({ id: "m", state: "ready" });
  expect(k.model(undefined, "m").id).toBe("m");
  expect(() => k.model(other, "m")).toThrow(expect.objectContaining({ code: "TASK_MISMATCH" }));
  expect(() => k.model(undefined, "n")).toThrow(
    expect.objectContaining({ code: "MODEL_NOT_FOUND", param: "model" }),
  );
  expect(() => k.model(other)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  await k.load({ id: "m2", source: path });
  expect(() => k.model(double)).toThrow(/"m", "m2"\. Name one/);
  await k[Symbol.asyncDispose]();
});

test("traces name the request and who asks", async () => {
  const { kernel: k } = await kernel();
  const seen: TaskEvent[] = [];
  const start = (event: unknown) => seen.push(event as TaskEvent);
  tracing.taskRun.start.subscribe(start);
  try {
    await k.run(double, "m", 1, { id: "req_1", caller: "alice" });
  } finally {
    tracing.taskRun.start.unsubscribe(start);
  }
  expect(seen).toMatchObject([{ task: "double", model: "m", id: "req_1", caller: "alice" }]);
  await k[Symbol.asyncDispose]();
});

test("a call tells what it took before its answer, and its trace has the same", async () => {
  const counting = doubler({
    async load() {
      return { run: async (x) => (await tick(), 2 * x), usage: (y) => ({ tokens: y, steps: 1 }) };
    },
  });
  const { kernel: k } = await kernel({ plugins: [plugin(counting)] });
  const [told, traced]: [Usage[], TaskEvent[]] = [[], []];
  const end = (event: unknown) => traced.push(event as TaskEvent);
  tracing.taskRun.asyncEnd.subscribe(end);
  try {
    await k.run(double, undefined, 4, { onUsage: (usage) => told.push(usage) });
    await expect(
      k.run(double, "none", 4, { onUsage: (usage) => told.push(usage) }),
    ).rejects.toThrow();
  } finally {
    tracing.taskRun.asyncEnd.unsubscribe(end);
  }
  expect(told).toMatchObject([{ tokens: 8, steps: 1 }, { milliseconds: { run: 0 } }]);
  expect(told[0]!.milliseconds.run).toBeGreaterThan(0);
  expect(told[1]).not.toHaveProperty("tokens");
  expect(traced).toMatchObject([
    { model: undefined, launch: "m", usage: { tokens: 8 } },
    { model: "none", usage: told[1]! },
  ]);
  await k[Symbol.asyncDispose]();
});

test("a model that cannot be served is failed with its reason, and the rest work", async () => {
  const { kernel: k, path } = await kernel({ models: [{ id: "gone", source: "/no/such/folder" }] });
  expect(k.models()).toMatchObject([
    { id: "gone", state: "failed", reason: expect.stringContaining("/no/such/folder") },
  ]);
  await expect(k.run(double, "gone", 1)).rejects.toMatchObject({ code: "LOAD_FAILED" });
  await k.load({ id: "m", source: path });
  expect(await k.run(double, "m", 1)).toBe(2);
  await k.load({ id: "gone", source: path });
  expect(await k.run(double, "gone", 1)).toBe(2);
  await k[Symbol.asyncDispose]();
});

test("a model that was launched while a server ran and is not there is MODEL_NOT_FOUND to those that ask it", async () => {
  const { kernel: k } = await kernel();
  const gone = { id: "gone", source: "/no/such/folder", optional: true };
  await expect(k.load(gone)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  await expect(k.run(double, "gone", 1)).rejects.toMatchObject({
    code: "MODEL_NOT_FOUND",
    param: "model",
    message: expect.stringContaining("/no/such/folder"),
  });
  await k[Symbol.asyncDispose]();
});

test("a request that names no model means the one that is ready, and a failed one when it is the only one", async () => {
  const failing = doubler({ name: "failing", load: () => Promise.reject(new Error("no weights")) });
  const { kernel: k, path } = await kernel({ plugins: [plugin(doubler(), failing)], models: [] });
  const launches = ["doubler", "failing"].map((family) => ({ id: family, source: path, family }));
  await k.load(launches[1]!).catch(() => {});
  await expect(k.run(double, undefined, 1)).rejects.toThrow("no weights");
  await k.load(launches[0]!);
  expect(await k.run(double, undefined, 1)).toBe(2);
  await k[Symbol.asyncDispose]();
});

test("loading the same twice at once declares it once; another launch of a taken id is refused", async () => {
  let loads = 0;
  const family = doubler();
  const counting = doubler({ load: (context) => (loads++, family.load(context)) });
  const { kernel: k, path } = await kernel({ plugins: [plugin(counting)], models: [] });
  await Promise.all([
    k.load({ id: "m", source: path }),
    k.load({ source: path, id: "m" }, { warm: true }),
  ]);
  expect(loads).toBe(1);
  expect(k.models()[0]?.graphs?.[0]?.open).toBe(true);
  await expect(k.load({ id: "m", source: "/elsewhere" })).rejects.toMatchObject({
    code: "INVALID_INPUT",
  });
  await k[Symbol.asyncDispose]();
});

test("the same launch may list its options in another order", async () => {
  const { kernel: k, path } = await kernel({ plugins: [plugin(doubler({ options: anything }))] });
  await k.load({ id: "n", source: path, options: { a: 1, b: { c: 2, d: 3 } } });
  await k.load({ options: { b: { d: 3, c: 2 }, a: 1 }, id: "n", source: path });
  const other = { id: "n", source: path, options: { a: 1, b: { c: 2, d: 4 } } };
  await expect(k.load(other)).rejects.toMatchObject({ code: "INVALID_INPUT", param: "id" });
  await k[Symbol.asyncDispose]();
});

test("each of those who share a load hears its own signal, and the load goes on without them", async () => {
  const { family, open } = slow();
  const { kernel: k, path } = await kernel({ plugins: [plugin(family)], models: [] });
  const launch = { id: "m", source: path };
  const [first, second] = [new AbortController(), new AbortController()];
  const loads = [first, second, new AbortController()].map(({ signal }) =>
    k.load(launch, { signal }),
  );
  await tick();
  second.abort();
  await expect(loads[1]).rejects.toMatchObject({ code: "ABORTED" });
  first.abort();
  await expect(loads[0]).rejects.toMatchObject({ code: "ABORTED" });
  expect(k.models()).toMatchObject([{ id: "m", state: "loading" }]);
  open();
  expect(await loads[2]).toMatchObject({ id: "m", state: "ready" });
  await k[Symbol.asyncDispose]();
});

test("what is aborted before it is launched is not launched", async () => {
  const { kernel: k, path } = await kernel({ models: [] });
  const loading = k.load({ id: "m", source: path }, { signal: AbortSignal.abort() });
  await expect(loading).rejects.toMatchObject({ code: "ABORTED" });
  expect(k.models()).toEqual([]);
  await k[Symbol.asyncDispose]();
});

test("a request for a model that loads is told so, and may go away meanwhile", async () => {
  const { family, open } = slow();
  const { kernel: k, path } = await kernel({ plugins: [plugin(family)], models: [] });
  const loading = k.load({ id: "m", source: path });
  await tick();
  const abort = new AbortController();
  const states: string[] = [];
  const gone = k.run(double, "m", 1, { signal: abort.signal });
  const stays = k.run(double, "m", 2, { onState: ({ state }) => states.push(state) });
  abort.abort();
  await expect(gone).rejects.toMatchObject({ code: "ABORTED" });
  open();
  expect(await stays).toBe(4);
  expect(states).toEqual(["loading", "queued", "running"]);
  await loading;
  await k[Symbol.asyncDispose]();
});

test("a family that fails to load is tried anew, and leaves nothing behind", async () => {
  let fails = true;
  const family = doubler();
  const flaky = doubler({
    load(context) {
      if (fails) throw new TypeError("config.json has no hidden_size");
      return family.load(context);
    },
  });
  const { kernel: k, path } = await kernel({ plugins: [plugin(flaky)] });
  expect(k.models()[0]).toMatchObject({
    state: "failed",
    family: "doubler",
    task: "double",
    reason: expect.stringContaining("hidden_size"),
  });
  await expect(k.run(double, "m", 4)).rejects.toMatchObject({ code: "LOAD_FAILED" });
  fails = false;
  await k.load({ id: "m", source: path });
  expect(await k.run(double, "m", 4)).toBe(8);
  await k[Symbol.asyncDispose]();
});

test("what a family uses is disposed when its load fails, and last first when its model is unloaded", async () => {
  const disposed: string[] = [];
  const used = (name: string): AsyncDisposable => ({
    [Symbol.asyncDispose]: async () => void disposed.push(name),
  });
  let fails = true;
  const family = doubler();
  const using = doubler({
    async load(context) {
      context.use(used("tokenizer"));
      if (fails) throw new TypeError("config.json has no hidden_size");
      const vocabulary = used("vocabulary");
      expect(context.use(vocabulary)).toBe(vocabulary);
      return family.load(context);
    },
  });
  const { kernel: k, path } = await kernel({ plugins: [plugin(using)] });
  expect(k.models()[0]).toMatchObject({ state: "failed" });
  expect(disposed.splice(0)).toEqual(["tokenizer"]);
  fails = false;
  await k.load({ id: "m", source: path });
  expect(await k.run(double, "m", 4)).toBe(8);
  expect(disposed).toEqual([]);
  await k.unload("m");
  expect(disposed).toEqual(["vocabulary", "tokenizer"]);
  await k[Symbol.asyncDispose]();
});

const broken: AsyncDisposable = {
  [Symbol.asyncDispose]: () => Promise.reject(new Error("stuck")),
};

test("why a load failed is told although what it leaves cannot be closed, and the log has that", async () => {
  const logged: unknown[] = [];
  const log = { ...silent, error: (facts: object) => logged.push(facts) };
  const failing = doubler({
    async load({ use }) {
      use(broken);
      throw new TypeError("config.json has no hidden_size");
    },
  });
  const { kernel: k } = await kernel({
    plugins: [plugin(failing)],
    provides: [provide(logger, () => log)],
  });
  expect(k.models()[0]).toMatchObject({ reason: expect.stringContaining("hidden_size") });
  expect(logged).toEqual([{ model: "m", error: new Error("stuck") }]);
  await k[Symbol.asyncDispose]();
});

test("what a model uses is disposed although its memory cannot be returned", async () => {
  const disposed: string[] = [];
  const family = doubler();
  const using = doubler({
    async load(context) {
      context.use({ [Symbol.dispose]: () => void disposed.push("tokenizer") });
      return family.load(context);
    },
  });
  const allocator = countingAllocator(100);
  const { kernel: k } = await kernel({
    plugins: [plugin(using)],
    provides: [
      provide(deviceAllocator, () => ({
        ...allocator,
        acquire(device, bytes, replicas) {
          const lease = allocator.acquire(device, bytes, replicas)!;
          lease[Symbol.dispose] = () => {
            throw new Error("stuck");
          };
          return lease;
        },
      })),
    ],
  });
  await k.run(double, "m", 4);
  await expect(k.unload("m")).rejects.toThrow("stuck");
  expect(disposed).toEqual(["tokenizer"]);
  await k[Symbol.asyncDispose]();
});

/** A kernel with a service, whose model "m" runs until it is told to end; one called "broken" fails to close. */
async function busy() {
  const { opened, open } = gate();
  const log: string[] = [];
  const service = token<AsyncDisposable>("service");
  const family = doubler();
  const using = doubler({
    async load(context) {
      context.get(service);
      if (context.model.id === "broken") context.use(broken);
      return family.load(context);
    },
  });
  const made = await kernel({
    plugins: [plugin(using)],
    run: async ({ x }) => (await opened, log.push("run"), { y: x! }),
    provides: [
      provide(service, () => ({ [Symbol.asyncDispose]: async () => void log.push("service") })),
    ],
  });
  const running = made.kernel.run(double, "m", 1);
  await tick();
  return { ...made, log, running, open };
}

test("services are closed once every model is, also when one of them fails to close", async () => {
  const { kernel: k, path, log, running, open } = await busy();
  await k.load({ id: "broken", source: path });
  const closing = expect(k[Symbol.asyncDispose]()).rejects.toThrow("stuck");
  for (let turn = 0; turn < 10; turn++) await tick();
  expect(log).toEqual([]);
  open();
  await Promise.all([running, closing]);
  expect(log).toEqual(["run", "service"]);
});

test("services are closed once a model that is being unloaded is gone", async () => {
  const { kernel: k, log, running, open } = await busy();
  const unloading = k.unload("m");
  const closing = k[Symbol.asyncDispose]();
  for (let turn = 0; turn < 10; turn++) await tick();
  expect(log).toEqual([]);
  open();
  await Promise.all([running, unloading, closing]);
  expect(log).toEqual(["run", "service"]);
});

test("a model whose family needs a service that nobody provides says which", async () => {
  const load: ModelFamily<typeof double>["load"] = async ({ get }) => get(token<never>("abacus"));
  const { kernel: k } = await kernel({ plugins: [plugin(doubler({ load }))] });
  const reason = expect.stringContaining('"abacus"');
  expect(k.models()).toMatchObject([{ state: "failed", reason }]);
  await expect(k.run(double, "m", 1)).rejects.toMatchObject({ code: "PLUGIN_INVALID" });
  await k[Symbol.asyncDispose]();
});

test("unloading lets the run under way finish, refuses who waits, and forgets the model", async () => {
  const { opened, open } = gate();
  const {
    kernel: k,
    runtime,
    allocator,
  } = await kernel({
    run: async ({ x }) => (await opened, { y: x! }),
  });
  const running = k.run(double, "m", 1);
  await tick();
  const waiting = k.run(double, "m", 2);
  await tick();
  const unloading = k.unload("m");
  await expect(waiting).rejects.toMatchObject({ code: "CLOSED" });
  open();
  await expect(running).resolves.toBe(1);
  await unloading;
  expect(runtime.opened.size).toBe(0);
  expect(allocator.leased).toBe(0);
  expect(k.models()).toEqual([]);
  await k[Symbol.asyncDispose]();
});

test("closing during a load ends it, and nothing runs afterwards", async () => {
  const { family, open } = slow();
  const { kernel: k, path, allocator } = await kernel({ plugins: [plugin(family)], models: [] });
  const loading = k.load({ id: "m", source: path });
  await tick();
  const closing = k[Symbol.asyncDispose]();
  open();
  await expect(loading).rejects.toMatchObject({ code: "CLOSED" });
  await closing;
  expect(allocator.leased).toBe(0);
  await expect(k.run(double, "m", 1)).rejects.toMatchObject({ code: "CLOSED" });
  await expect(k.load({ id: "m", source: path })).rejects.toMatchObject({ code: "CLOSED" });
});

test("options that a family does not know are refused by name", async () => {
  const { kernel: k, path } = await kernel({ models: [] });
  const launch = { id: "m", source: path, options: { speed: 9 } };
  await expect(k.load(launch)).rejects.toThrow(/"speed"/);
  await k[Symbol.asyncDispose]();
});

test("a model that can never fit is refused with the numbers before anything is opened", async () => {
  const load: ModelFamily<typeof double>["load"] = async ({ graph }) => {
    graph(source("huge", 4_000));
    return { run: async (x) => x };
  };
  const { kernel: k, runtime } = await kernel({ plugins: [plugin(doubler({ load }))] });
  expect(k.models()[0]).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(/4 KB.*100 bytes/),
  });
  expect(runtime.log).toEqual([]);
  await k[Symbol.asyncDispose]();
});

test.each([
  [
    "a contract of the future",
    [{ contract: 2, name: "future" }],
    /speaks contract 2; this kernel speaks 1.*@kindred\/core@\^2/,
  ],
  [
    "two families of a name",
    [plugin(doubler()), { ...plugin(doubler()), name: "again" }],
    /Family "doubler" comes from both "test" and "again"/,
  ],
  ["a factory that was not called", [() => plugin()], /Call its factory/],
  ["a name that is not kebab-case", [{ contract: 1, name: "My Plugin" }], /kebab-case/],
])("%s is PLUGIN_INVALID", async (_, plugins, message) => {
  await expect(createKernel({ plugins: plugins as never })).rejects.toThrow(message);
});

test("a listener that throws is logged, and ends neither its request nor those behind it", async () => {
  const errors: unknown[] = [];
  const log = { ...silent, error: (facts: object) => errors.push(facts) };
  const { kernel: k } = await kernel({ provides: [provide(logger, () => log)] });
  const throws = () => {
    throw new Error("listener");
  };
  const runs = [1, 2, 3].map((x) => k.run(double, "m", x, { onState: throws, onEvent: throws }));
  expect(await Promise.all(runs)).toEqual([2, 4, 6]);
  expect(errors.length).toBeGreaterThan(3);
  await k[Symbol.asyncDispose]();
});

test("a call may be an instance of a class", async () => {
  class Listening {
    readonly states: string[] = [];
    onState({ state }: CallState) {
      this.states.push(state);
    }
  }
  await using k = (await kernel()).kernel;
  const call = new Listening();
  await k.run(double, "m", 1, call);
  expect(call.states).toEqual(["queued", "running"]);
});

test("a launch is the same whether a member is absent or undefined", async () => {
  const { kernel: k, path } = await kernel();
  const launch = { id: "m", source: path, family: undefined } as unknown as Launch;
  expect((await k.load(launch)).state).toBe("ready");
  await k[Symbol.asyncDispose]();
});

test("the only model is meant while its family is still to be found", async () => {
  const { opened, open } = gate();
  const source: ModelSource = {
    find: async (path) => (await opened, folderSource.find(path, call())),
  };
  const { kernel: k, path } = await kernel({
    models: [],
    provides: [provide(modelSource, () => source)],
  });
  const loading = k.load({ id: "m", source: path });
  await tick();
  expect(k.model(double)).toMatchObject({ id: "m", state: "loading" });
  const asked = k.run(double, undefined, 4);
  open();
  await loading;
  expect(await asked).toBe(8);
  await k[Symbol.asyncDispose]();
});

test("an option that a kernel does not have is refused by name", async () => {
  const options = { plugins: [], launches: [] } as unknown as KernelOptions;
  await expect(createKernel(options)).rejects.toThrow(/no option "launches"/);
});

/** A kernel whose model "m" works on one request, while two wait. */
async function queued() {
  const { opened, open } = gate();
  const made = await kernel({ run: async ({ x }) => (await opened, { y: x! }) });
  const asked = Promise.all([1, 2, 3].map((x) => made.kernel.run(double, "m", x)));
  await tick();
  return { ...made, asked, open };
}

test("a model that drains answers the requests that it has, and no other finds it", async () => {
  const { kernel: k, asked, open } = await queued();
  const unloading = k.unload("m", { drain: true });
  await expect(k.run(double, "m", 4)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  open();
  expect(await asked).toHaveLength(3);
  await unloading;
  expect(k.models()).toEqual([]);
  await k[Symbol.asyncDispose]();
});

test("a model that is replaced answers the requests that it has, and the other the next ones", async () => {
  const { kernel: k, path, asked, open } = await queued();
  const replaced = await k.load({ id: "m", source: path, replicas: 2 }, { replace: true });
  expect(replaced).toMatchObject({ state: "ready", replicas: 2 });
  const next = k.run(double, "m", 4);
  open();
  expect(await asked).toHaveLength(3);
  expect(await next).toEqual(expect.any(Number));
  expect(k.models()).toHaveLength(1);
  await k[Symbol.asyncDispose]();
});

test("a model stays as it is when the one that is to replace it cannot be loaded", async () => {
  const { kernel: k } = await kernel();
  const other = { id: "m", source: "/no/such/folder" };
  await expect(k.load(other, { replace: true })).rejects.toMatchObject({ code: "LOAD_FAILED" });
  expect(await k.run(double, "m", 4)).toBe(8);
  await k[Symbol.asyncDispose]();
});

test("a kernel that closes waits for no model that drains, and gives up one that is to replace another", async () => {
  const { kernel: k, asked, open } = await queued();
  const unloading = k.unload("m", { drain: true });
  const lost = expect(asked).rejects.toMatchObject({ code: "CLOSED" });
  const closing = k[Symbol.asyncDispose]();
  open();
  await Promise.all([lost, unloading, closing]);
  const { family, open: load } = slow();
  const { kernel: other, path } = await kernel({ plugins: [plugin(family)], models: [] });
  const replacing = other.load({ id: "n", source: path }, { replace: true });
  const refused = expect(replacing).rejects.toMatchObject({ code: "CLOSED" });
  await other[Symbol.asyncDispose]();
  await refused;
  load();
});
