import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Endpoint } from "../src/endpoint.ts";
import type { ModelFamily } from "../src/family.ts";
import { createKernel } from "../src/kernel.ts";
import type { Kernel } from "../src/kernel.ts";
import type { Call, SideTask } from "../src/pipeline.ts";
import type { Plugin } from "../src/plugin.ts";
import { graphRuntime, provide } from "../src/services.ts";
import type { Task } from "../src/task.ts";
import { fakeRuntime } from "../src/testing/fake-runtime.ts";
import { gate, numbers, source, tick } from "./fixtures.ts";

const embed: Task<number, number> = { name: "embed" };
const spell: Task<string, readonly string[]> = { name: "spell" };
const draw: Task<string, string> = { name: "draw" };

const runtime = fakeRuntime(() => ({ y: numbers(1) }));

interface Spelling {
  readonly name?: string;
  readonly family?: Partial<ModelFamily>;
  readonly sideTasks?: readonly SideTask<any>[];
  spell?(text: string, call: Call): Promise<readonly string[]>;
}

/** A plugin whose models embed, and spell beside it. */
function speller({ name = "speller", family = {}, sideTasks, ...own }: Spelling = {}): Plugin {
  const spelling: SideTask<typeof spell> = {
    task: spell,
    run: own.spell ?? (async (text) => [...text]),
  };
  const spells: ModelFamily<typeof embed> = {
    name,
    task: embed,
    sideTasks: [spell],
    match: () => "own",
    async load({ graph }) {
      const g = graph(source("g", 40));
      return {
        sideTasks: sideTasks ?? [spelling],
        run: async (x, { signal }) =>
          Number((await g.run({ x: numbers(x) }, ["y"], signal)).y.data[0]),
      };
    },
    ...family,
  };
  return { contract: 1, name, families: [spells] };
}

async function served(...plugins: Plugin[]): Promise<Kernel> {
  const path = await mkdtemp(join(tmpdir(), "kindred-side-"));
  return createKernel({
    plugins,
    models: plugins.map(({ families }, i) => ({
      id: `m${i}`,
      source: path,
      family: families![0]!.name,
    })),
    provides: [provide(graphRuntime, () => runtime)],
  });
}

test("a model does a side task without opening a graph, by its id or as the only one", async () => {
  await using kernel = await served(speller());
  const before = [...runtime.log];
  expect(await kernel.run(spell, "m0", "fox")).toEqual(["f", "o", "x"]);
  expect(await kernel.run(spell, undefined, "ox")).toEqual(["o", "x"]);
  expect(runtime.log).toEqual(before);
  expect(kernel.models()).toMatchObject([{ task: "embed", sideTasks: ["spell"], waiting: 0 }]);
});

test("a model does no task that is neither its own nor beside it", async () => {
  const plain = speller({ name: "plain", family: { sideTasks: [] }, sideTasks: [] });
  await using kernel = await served(speller(), plain);
  await expect(kernel.run(draw, "m0", "a fox")).rejects.toMatchObject({ code: "TASK_MISMATCH" });
  await expect(kernel.run(spell, "m1", "fox")).rejects.toMatchObject({
    code: "TASK_MISMATCH",
    message: '"m1" is for "embed", not "spell". Name a model of that task.',
  });
  expect(await kernel.run(spell, undefined, "ox")).toEqual(["o", "x"]);
  expect(kernel.model(spell)).toMatchObject({ id: "m0" });
  expect(kernel.models()[1]).not.toHaveProperty("sideTasks");
});

test("several models that do it are told apart by their ids", async () => {
  await using kernel = await served(speller(), speller({ name: "other" }));
  await expect(kernel.run(spell, undefined, "ox")).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: "model",
    message: 'Several models serve "spell": "m0", "m1". Name one.',
  });
});

test("side tasks run side by side, up to a bound, and beside the model's own", async () => {
  const { opened, open } = gate();
  let running = 0;
  const waits = async (text: string) => (running++, await opened, [text]);
  await using kernel = await served(speller({ spell: waits }));
  const all = Array.from({ length: 1024 }, () => kernel.run(spell, "m0", "a"));
  await tick();
  expect(running).toBe(1024);
  await expect(kernel.run(spell, "m0", "a")).rejects.toMatchObject({
    code: "OVERLOADED",
    retryAfter: expect.any(Number),
  });
  expect(await kernel.run(embed, "m0", 1)).toBe(1);
  open();
  expect(await Promise.all(all)).toHaveLength(1024);
  expect(await kernel.run(spell, "m0", "b")).toEqual(["b"]);
});

test("an abort ends a request at once, and the task hears of it", async () => {
  const signals: AbortSignal[] = [];
  const never = (_: string, { signal }: Call) => {
    signals.push(signal);
    return new Promise<never>(() => {});
  };
  await using kernel = await served(speller({ spell: never }));
  const abort = new AbortController();
  const asked = kernel.run(spell, "m0", "a", { signal: abort.signal });
  await tick();
  abort.abort();
  await expect(asked).rejects.toMatchObject({ code: "ABORTED" });
  expect(signals[0]!.aborted).toBe(true);
});

test("unloading refuses those under way", async () => {
  const work = gate();
  const waits = (text: string, { signal }: Call) => {
    signal.addEventListener("abort", work.open);
    return work.opened.then(() => [text]);
  };
  await using kernel = await served(speller({ spell: waits }));
  const asked = kernel.run(spell, "m0", "a");
  await tick();
  await Promise.all([expect(asked).rejects.toMatchObject({ code: "CLOSED" }), kernel.unload("m0")]);
});

test("what a side task throws is its request's answer", async () => {
  const throws = () => {
    throw new TypeError("no such letter");
  };
  await using kernel = await served(speller({ spell: throws }));
  await expect(kernel.run(spell, "m0", "a")).rejects.toThrow("no such letter");
});

test.each<[string, Spelling, RegExp]>([
  ["only the family names", { sideTasks: [] }, /its pipeline does not have "spell"/],
  ["only the pipeline has", { family: { sideTasks: [] } }, /the family does not have "spell"/],
])("a side task that %s fails the model, saying so", async (_, spelling, reason) => {
  await using kernel = await served(speller(spelling));
  expect(kernel.models()).toMatchObject([
    { state: "failed", reason: expect.stringMatching(reason) },
  ]);
});

test("plugins may bring one endpoint together, and not two of one path", async () => {
  const endpoint = (): Endpoint<typeof spell, any> => ({
    path: "/v1/spell",
    task: spell,
    body: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) as any } },
    decode: ({ text }) => ({ input: text }),
    encode: (letters) => ({ letters }),
  });
  const shared = endpoint();
  const one = { ...speller(), endpoints: [shared] };
  const other = { ...speller({ name: "other" }), endpoints: [shared] };
  await using kernel = await served(one, other);
  expect(kernel.endpoints).toEqual([shared]);
  await expect(served(one, { ...other, endpoints: [endpoint()] })).rejects.toMatchObject({
    code: "PLUGIN_INVALID",
    message: 'Endpoint "/v1/spell" comes from both "speller" and "other". Leave one out.',
  });
});
