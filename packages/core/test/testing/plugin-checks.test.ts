import { cp, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { LoadContext, ModelFamily, ModelListing, Task } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import { pluginChecks, relay, writeRelay } from "@kindred/core/testing";
import type { Check, PluginCheckOptions } from "@kindred/core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rows, writeRows } from "./rows.ts";
import type { Broken, Rows, RowsPipeline } from "./rows.ts";

let folder: string;
/** A copy of the model that lies elsewhere. */
let elsewhere: string;
const leaked: Worker[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-rows-"));
  elsewhere = await mkdtemp(join(tmpdir(), "kindred-elsewhere-"));
  await writeRows(folder);
  await cp(folder, elsewhere, { recursive: true });
});
afterAll(async () => {
  await Promise.all(leaked.map((worker) => worker.terminate()));
  await rm(folder, { recursive: true });
  await rm(elsewhere, { recursive: true });
});

const input: Rows = [
  [1, 2, 3, 4],
  [4, 3, 2, 1],
  [0, 1, 0, 1],
];

function checks(broken: Broken = {}, more: Partial<PluginCheckOptions> = {}): readonly Check[] {
  return pluginChecks({
    plugin: rows(broken),
    model: folder,
    input: structuredClone(input),
    invalidInput: [[1, 2, 3]],
    bodies: { "/v1/rows": { rows: input } },
    ...more,
  });
}

/** A thread that nobody ends. */
function leak(): void {
  const worker = new Worker("setInterval(() => {}, 1000)", { eval: true });
  worker.unref();
  leaked.push(worker);
}

/** Runs items as `change` has it. */
function runs(
  change: (
    sound: RowsPipeline["runItems"],
    ...args: Parameters<RowsPipeline["runItems"]>
  ) => ReturnType<RowsPipeline["runItems"]>,
): Broken {
  return {
    pipeline: (sound) => ({ ...sound, runItems: (...args) => change(sound.runItems, ...args) }),
  };
}

let counter = 0;
let shared: Promise<unknown> | undefined;

/** By check, plugins that break its promise, and what it says of them. */
const broken: Readonly<Record<string, readonly (readonly [string, Broken, RegExp])[]>> = {
  "names are kebab-case and unique, and every endpoint has a family of its task": [
    ["a name in capitals", { plugin: { name: "Rows" } }, /kebab-case/],
    ["another contract", { plugin: { contract: 2 as 1 } }, /contract 2/],
    ["an endpoint of an unknown task", { endpoint: { task: { name: "columns" } } }, /no family/],
  ],
  "a body of {} or garbage is refused by the schema, naming what is wrong": [
    [
      "a schema that takes anything",
      {
        endpoint: {
          body: {
            "~standard": { version: 1, vendor: "test", validate: (value: any) => ({ value }) },
          },
        },
      },
      /\/v1\/rows accepts {}/,
    ],
  ],
  "a family recognises the example, and none an empty folder of its name": [
    [
      "a family that claims every folder",
      { family: { match: () => "able" } },
      /rows claims an empty folder/,
    ],
    ["a family that claims no folder", { family: { match: () => false } }, /No family recognises/],
    [
      "a family that claims what a launch calls so",
      { family: { match: ({ names }) => names.includes("model") && "own" } },
      /No family recognises/,
    ],
    [
      "a family that claims a name, whatever is in the folder",
      { family: { match: ({ names }) => /kindred-rows-/.test(names[0]!) && "own" } },
      /rows claims an empty folder called kindred-rows-/,
    ],
    [
      "a family that claims a checkpoint's name, whatever is in the folder",
      {
        family: {
          match: ({ names, files }) =>
            (names.includes("acme/rows") || files.includes("config.json")) && "own",
          checkpoints: [{ name: "rows-small", repo: "acme/rows", revision: "main" }],
        },
      },
      /rows claims an empty folder called acme\/rows/,
    ],
    [
      "a claim that is none",
      { family: { match: () => true as unknown as "own" } },
      /rows answers true, not "exact", "own", "able" or false/,
    ],
  ],
  "the files that a family asks for are enough, and its graphs are made of them": [
    [
      "files that leave out the weights",
      { family: { files: () => ["config.json"] } },
      /The example is failed: .*model.safetensors/,
    ],
    [
      "weights from another folder",
      {
        load: (context, sound) => {
          Object.assign(context.model, { path: elsewhere });
          return sound();
        },
      },
      /Graph "first" reads .*kindred-elsewhere-.*, outside/,
    ],
  ],
  "unknown launch options are refused": [
    [
      "a schema that takes any option",
      {
        family: {
          options: {
            "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) },
          },
        },
      },
      /Missing expected rejection/,
    ],
  ],
  "loading twice gives independent pipelines": [
    [
      "a pipeline that all models share",
      { load: (_, sound) => (shared ??= sound()) },
      /"model" is being closed/,
    ],
  ],
  "a load that fails leaves nothing open": [
    [
      "a thread that is begun before the weights are opened",
      {
        async load(context, sound) {
          leak();
          await openSafetensors(context.model.path, "model.safetensors");
          return sound();
        },
      },
      /Left open: thread \d+/,
    ],
    [
      "a model that loads whatever its files hold",
      { load: async () => ({ run: async () => [] }) },
      /The model loads, whichever of its files is damaged/,
    ],
  ],
  "closing the kernel closes every graph, and all else that was opened": [
    ["a thread that is not handed to use", { load: (_, sound) => (leak(), sound()) }, /thread \d+/],
  ],
  "graphs say in finite bytes what memory they take": [
    [
      "infinite bytes",
      { source: (it) => ({ ...it, bytes: Infinity }) },
      /bytes of "first": Infinity/,
    ],
    ["a peak below its bytes", { source: (it) => ({ ...it, peakBytes: 1 }) }, /peakBytes of "sec/],
    ["NaN", { source: (it) => ({ ...it, workspace: () => NaN }) }, /workspace of "second": NaN/],
  ],
  "the same input gives the same output, alone and alongside others": [
    [
      "a pipeline that counts",
      runs(async (sound, items, call) =>
        (await sound(items, call)).map((row) => [...row, counter++]),
      ),
      /deep-equal/,
    ],
  ],
  "the input is left as it was": [
    [
      "a pipeline that reverses its input",
      {
        pipeline: (sound) => ({
          ...sound,
          output: (parts, _, it) => ((it as number[][]).reverse(), parts),
        }),
      },
      /deep-equal/,
    ],
  ],
  "an aborted signal rejects with ABORTED before any graph runs": [
    [
      "a load that runs a graph",
      {
        load: async (context, sound) => {
          const graphs: any[] = [];
          const graph = context.graph;
          Object.assign(context, { graph: (it: any) => (graphs.push(graph(it)), graphs.at(-1)) });
          const pipeline = await sound();
          const x = { type: "float32", dims: [1, 4], data: new Float32Array(4) };
          await graphs[0].run({ x }, ["y"]);
          return pipeline;
        },
      },
      /graphs ran/,
    ],
  ],
  "an abort while a graph runs rejects with ABORTED, and no further graph runs": [
    [
      "a pipeline that does not pass on the signal",
      runs((sound, items, call) => sound(items, { ...call, signal: new AbortController().signal })),
      /2 graph runs began, 1 of them after the abort/,
    ],
  ],
  "an input that can only fail is refused before it queues or any graph opens": [
    [
      "a pipeline that does not refuse it",
      { pipeline: (sound) => ({ ...sound, items: async (it) => it }) },
      /KernelError: Graph "first" failed/,
    ],
    [
      "a pipeline that refuses it during its turn",
      {
        pipeline: ({ items, runItems }) => ({
          run: async (it: Rows, call: any) => runItems(await items(it, call), call),
        }),
      },
      /it queued/,
    ],
  ],
  "items alone equal items together, in their order and number": [
    [
      "parts in another order",
      runs(async (sound, items, call) => (await sound(items, call)).toReversed()),
      /\[0\]\[0\] is /,
    ],
    [
      "parts sorted by value",
      runs(async (sound, items, call) =>
        (await sound(items, call)).toSorted((a, b) => a[0]! - b[0]!),
      ),
      /\[0\]\[0\] is /,
    ],
    [
      "rows that see each other",
      runs(async (sound, items, call) =>
        (await sound(items, call)).map((row) => row.map((each) => each + items.length / 1000)),
      ),
      /Parts of items together are not those alone\. It\[0\]\[0\] is/,
    ],
    [
      "a part too few",
      runs(async (sound, items, call) => (await sound(items, call)).slice(0, 2)),
      /It has 2 members, not the same 3/,
    ],
  ],
  "endpoints encode plain JSON, in which typed arrays stand for arrays of numbers": [
    ["a map", { endpoint: { encode: () => ({ rows: new Map() }) } }, /\/v1\/rows: rows is a Map/],
    [
      "NaN",
      { endpoint: { encode: () => ({ rows: [Float32Array.of(0, NaN)] }) } },
      /\[0\]\[1\] is NaN/,
    ],
    ["a bigint", { endpoint: { encode: () => [1n] } }, /\[0\] is of type bigint/],
    [
      "a date in an event",
      {
        endpoint: {
          stream: {
            event: () => undefined,
            end: () => [{ event: "rows", data: { at: new Date(0) } }],
          },
        },
      },
      /at is a Date/,
    ],
  ],
};

test("every check is tested with a plugin that breaks it", () => {
  expect(Object.keys(broken).toSorted()).toEqual(
    checks()
      .map(({ name }) => name)
      .toSorted(),
  );
});

describe.each(Object.entries(broken))("%s: the check catches", (name, plugins) => {
  test.each(plugins)("%s", async (_, change, message) => {
    const check = checks(change).find((each) => each.name === name)!;
    const error = await check.run().then(
      () => expect.unreachable("the promise was kept"),
      (failure: unknown) => failure,
    );
    expect(String(error)).toMatch(message);
  });
});

describe("a sound plugin keeps every promise", () => {
  describe("of items", () => {
    for (const { name } of checks()) {
      test(name, () =>
        checks()
          .find((each) => each.name === name)!
          .run(),
      );
    }
  });

  describe("of one request at a time", async () => {
    const model = await mkdtemp(join(tmpdir(), "kindred-relay-"));
    await writeRelay(model, 8);
    afterAll(() => rm(model, { recursive: true }));
    const options = { plugin: relay(), model, input: new Float32Array(8).fill(1) };
    for (const { name, run } of pluginChecks(options)) test(name, run);
  });
});

test("families, pipelines and plugins may be instances of classes, or frozen", async () => {
  class ClassFamily implements ModelFamily {
    readonly #sound = rows().families![0]!;
    readonly name = "rows";
    readonly task: Task = { name: "rows" };
    match(model: ModelListing) {
      return this.#sound.match(model);
    }
    async load(context: LoadContext) {
      return Object.freeze(await this.#sound.load(context));
    }
  }
  const plugin = Object.freeze({ ...rows(), families: [Object.freeze(new ClassFamily())] });
  for (const { run } of checks({}, { plugin })) await run();
});

test.runIf(process.platform === "linux")(
  "a file that a load leaves open is told by path",
  async () => {
    const files: { close(): Promise<void> }[] = [];
    const load: Broken["load"] = async (context, sound) => {
      files.push(await open(join(context.model.path, "config.json")));
      return sound();
    };
    const check = checks({ load }).find(({ name }) => name.startsWith("a load that fails"))!;
    await expect(check.run()).rejects.toThrow(/config\.json/);
    for (const file of files) await file.close();
  },
);

test("a check that is skipped is left out, and an unknown one is refused", () => {
  const [{ name } = { name: "" }] = checks();
  const left = checks({}, { skip: { [name]: "it is tested elsewhere" } });
  expect(left.map((each) => each.name)).not.toContain(name);
  expect(left).toHaveLength(checks().length - 1);
  expect(() => checks({}, { skip: { nonsense: "" } })).toThrow('no check "nonsense"');
});

test("a body for an endpoint that there is not is refused", () => {
  expect(() => checks({}, { bodies: { "/v1/columns": {} } })).toThrow('no endpoint "/v1/columns"');
});

test("checks that need examples are left out without them", () => {
  const bare = pluginChecks({ plugin: rows(), model: folder, input });
  expect(checks().length - bare.length).toBe(2);
});
