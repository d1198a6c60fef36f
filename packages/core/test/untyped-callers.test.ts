import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KernelError } from "../src/errors.ts";
import type { ModelFamily } from "../src/family.ts";
import { createKernel } from "../src/kernel.ts";
import type { Kernel } from "../src/kernel.ts";
import type { Plugin } from "../src/plugin.ts";
import type { Task } from "../src/task.ts";

const sing: Task<string, string> = { name: "sing" };
const family: ModelFamily<typeof sing> = {
  name: "lark",
  task: sing,
  match: () => "own",
  load: async () => ({ run: async (text) => text }),
};
const plugin: Plugin = { contract: 1, name: "birds", families: [family] };
const source = await mkdtemp(join(tmpdir(), "kindred-untyped-"));

/** The function that callers without types see. */
const create = createKernel as unknown as (options?: unknown) => Promise<Kernel>;

async function kernel(models: unknown = [{ id: "m", source }]): Promise<any> {
  return create({ plugins: [plugin], models });
}

describe("a launch", () => {
  test.each([
    [
      "that is missing",
      undefined,
      /must be an object such as \{ id: "bge", .* not undefined\./,
      "launch",
    ],
    ["that is null", null, /must be an object/, "launch"],
    ["that is a path", "./models/bge", /not "\.\/models\/bge"\./, "launch"],
    ["that is a list", [], /must be an object/, "launch"],
    ["without an id", { source }, /has no id\. Write \{ id:/, "id"],
    ["without a source", { id: "m" }, /has no source\. Write/, "source"],
    ["with an empty id", { id: "", source }, /id must be a text that is not empty, not ""/, "id"],
    [
      "with a number for an id",
      { id: 7, source },
      /id must be a text that is not empty, not 7/,
      "id",
    ],
    [
      "with a URL for a source",
      { id: "m", source: new URL("file:///m") },
      /source must be a text/,
      "source",
    ],
    ["with a path for a source", { id: "m", path: source }, /has no source/, "source"],
    [
      "with null for a family",
      { id: "m", source, family: null },
      /family must be a text/,
      "family",
    ],
    [
      "with a class for a family",
      { id: "m", source, family: class Lark {} },
      /family must be .* not a class/,
      "family",
    ],
    [
      "with a text for devices",
      { id: "m", source, prefer: "cuda" },
      /prefer must be a list .* not "cuda"/,
      "prefer",
    ],
    [
      "with half a replica",
      { id: "m", source, replicas: 0.5 },
      /replicas must be .* not 0\.5/,
      "replicas",
    ],
    [
      "with a text for replicas",
      { id: "m", source, replicas: "2" },
      /replicas must be .* not "2"/,
      "replicas",
    ],
    [
      "with NaN for seconds",
      { id: "m", source, keepAlive: Number.NaN },
      /keepAlive must be .* not NaN/,
      "keepAlive",
    ],
    [
      "with no seconds for a run",
      { id: "m", source, runTimeout: 0 },
      /runTimeout must be a number of seconds above 0, not 0/,
      "runTimeout",
    ],
    [
      "with a list of options",
      { id: "m", source, options: ["a"] },
      /options must be an object/,
      "options",
    ],
    [
      "with a misspelt field",
      { id: "m", source, keepalive: 10 },
      /"keepalive", which no launch has\. Did you mean "keepAlive"\?/,
      "keepalive",
    ],
    [
      "with a family's option in the wrong place",
      { id: "m", source, truncate: true },
      /"truncate".* in "options"/,
      "truncate",
    ],
    [
      "with __proto__",
      JSON.parse(`{"id":"m","source":"x","__proto__":{}}`),
      /"__proto__", which no launch has/,
      "__proto__",
    ],
  ])("%s is refused, with what it must be", async (_, launch, message, param) => {
    await using k = await kernel([]);
    const refusal = { code: "INVALID_INPUT", param, message: expect.stringMatching(message) };
    await expect(k.load(launch)).rejects.toMatchObject(refusal);
    await expect(kernel([launch])).rejects.toMatchObject(refusal);
    expect(k.models()).toEqual([]);
  });

  test("among a kernel's models is named by its place", async () => {
    await expect(kernel([{ id: "m", source }, { source }])).rejects.toThrow(
      "The launch models[1] has no id.",
    );
    await expect(kernel({ id: "m", source })).rejects.toThrow(/models must be a list of launches/);
  });

  test("with the id of another is refused instead of forgotten, and the same twice is one", async () => {
    await expect(
      kernel([
        { id: "m", source },
        { id: "m", source: "/other" },
      ]),
    ).rejects.toThrow('models[1] has the id "m" of another launch');
    await using k = await kernel([
      { id: "m", source },
      { source, id: "m" },
    ]);
    expect(k.models()).toHaveLength(1);
  });

  test("may leave options undefined, and its seconds may never end", async () => {
    const launch = { id: "m", source, family: undefined, keepAlive: Infinity, options: {} };
    await using k = await kernel([launch]);
    expect(k.models()).toMatchObject([{ state: "ready" }]);
  });
});

describe("a task", () => {
  test.each([
    ["its name", "sing", /such as \{ name: "sing" \}, which plugins export, not "sing"\./],
    ["nothing", undefined, /not undefined\./],
    ["null", null, /not null\./],
    ["an object without a name", {}, /not \{\}\./],
    ["a name that is no text", { name: 3 }, /not \{"name":3\}\./],
    ["a class", class Sing {}, /not a class\./],
    ["an empty name", { name: "" }, /A task is an object/],
  ])("that is %s is refused", async (_, task, message) => {
    await using k = await kernel();
    const refusal = {
      code: "INVALID_INPUT",
      param: "task",
      message: expect.stringMatching(message),
    };
    await expect(k.run(task, "m", "la")).rejects.toMatchObject(refusal);
    if (task !== undefined) expect(() => k.model(task, "m")).toThrow(KernelError);
  });

  test("that has its name alone is enough", async () => {
    await using k = await kernel();
    expect(await k.run({ name: "sing" }, "m", "la")).toBe("la");
  });
});

describe("a model's id", () => {
  test.each([7, {}, ["m"], true])("that is %j is refused", async (id) => {
    await using k = await kernel();
    const refusal = { code: "INVALID_INPUT", param: "model" };
    await expect(k.run(sing, id, "la")).rejects.toMatchObject(refusal);
    await expect(k.unload(id)).rejects.toMatchObject(refusal);
    expect(() => k.model(undefined, id)).toThrow(/A model's id is a text, not/);
  });

  test.each(["__proto__", "constructor", "hasOwnProperty"])(
    "that is %s names no model",
    async (id) => {
      await using k = await kernel();
      await expect(k.run(sing, id, "la")).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    },
  );

  test("that is null is none", async () => {
    await using k = await kernel();
    expect(await k.run(sing, null, "la")).toBe("la");
  });
});

test("a call's options may be undefined", async () => {
  await using k = await kernel();
  const call = { signal: undefined, onEvent: undefined, onState: undefined };
  expect(await k.run(sing, "m", "la", call)).toBe("la");
  expect(await k.load({ id: "m", source }, { signal: undefined })).toMatchObject({ id: "m" });
});

class Birds {}
const { families: _, ...bare } = plugin;

test.each([
  [
    "nothing",
    undefined,
    /needs a list of plugins, not undefined\. Write createKernel\(\{ plugins:/,
  ],
  ["no plugins", {}, /needs a list of plugins, not undefined/],
  ["a class", Birds, /needs a list of plugins, not undefined/],
  [
    "a plugin in place of a list",
    { plugins: plugin },
    /needs a list of plugins, not \{"contract":1/,
  ],
  ["a promise of plugins", { plugins: Promise.resolve([plugin]) }, /not a promise\. Await it\./],
  [
    "a class in place of a plugin",
    { plugins: [Birds] },
    /A plugin is an object, not a class\. Call its factory/,
  ],
  [
    "a factory in place of a plugin",
    { plugins: [() => plugin] },
    /not a function\. Call its factory/,
  ],
  ["a promise of a plugin", { plugins: [Promise.resolve(plugin)] }, /not a promise/],
  [
    "a module in place of a plugin",
    { plugins: [{ default: () => plugin }] },
    /one has no contract\. Pass what its factory returns/,
  ],
  ["an instance that is no plugin", { plugins: [new Birds()] }, /has no contract/],
  ["a plugin without a name", { plugins: [{ contract: 1 }] }, /one has no name/],
  [
    "families that are no list",
    { plugins: [{ ...bare, families: family }] },
    /The families of plugin "birds" must be a list/,
  ],
  [
    "a family without a name",
    { plugins: [{ ...bare, families: [{ ...family, name: undefined }] }] },
    /have one, 0, whose name is undefined\. It must be a text in kebab-case/,
  ],
  [
    "a family without load",
    { plugins: [{ ...bare, families: [{ ...family, load: undefined }] }] },
    /"lark", whose load is undefined\. It must be a function/,
  ],
  [
    "a family whose task is a name",
    { plugins: [{ ...bare, families: [{ ...family, task: "sing" }] }] },
    /"lark", whose task is "sing"\. It must be a task/,
  ],
  [
    "an endpoint without a schema",
    { plugins: [{ ...bare, endpoints: [{ path: "/v1/sing", task: sing }] }] },
    /"\/v1\/sing", whose body is undefined\. It must be a schema/,
  ],
  [
    "an endpoint without a path",
    { plugins: [{ ...bare, endpoints: [{ task: sing }] }] },
    /whose path is undefined\. It must be a path/,
  ],
  [
    "a provider that is a service",
    { plugins: [plugin], provides: [{ debug() {} }] },
    /provides\[0\] must be a provider.*Make it with provide\(/,
  ],
  [
    "providers that are no list",
    { plugins: [plugin], provides: {} },
    /provides must be a list of providers/,
  ],
  [
    "a plugin's provider that is none",
    { plugins: [{ ...plugin, provides: [null] }] },
    /provides of plugin "birds"\[0\] must be a provider, not null/,
  ],
])("a kernel of %s is PLUGIN_INVALID, with what is missing", async (_what, options, message) => {
  await expect(create(options)).rejects.toMatchObject({
    code: "PLUGIN_INVALID",
    message: expect.stringMatching(message),
  });
});

describe("a fault of a family's own", () => {
  const failing = (more: Partial<ModelFamily<typeof sing>>): Promise<any> =>
    create({
      plugins: [{ ...plugin, families: [{ ...family, ...more }] }],
      models: [{ id: "m", source }],
    });

  test("is told as such, with its cause", async () => {
    const bug = new TypeError("Cannot read properties of undefined (reading 'hidden_size')");
    await using k = await failing({ load: () => Promise.reject(bug) });
    await expect(k.run(sing, "m", "la")).rejects.toMatchObject({ code: "LOAD_FAILED", cause: bug });
    expect(k.models()[0].reason).toBe(
      `"m" could not be loaded: its family "lark" failed with ${String(bug)}. That is a fault of its program; the cause says where.`,
    );
  });

  test("in recognising a folder names the family", async () => {
    const bug = new TypeError("x is not iterable");
    const match = (): never => {
      throw bug;
    };
    await using k = await failing({ match });
    expect(k.models()[0].reason).toMatch(
      /^The family "lark" failed with TypeError: x is not iterable/,
    );
    await expect(k.run(sing, "m", "la")).rejects.toMatchObject({ code: "LOAD_FAILED", cause: bug });
  });

  test("is not one that the operating system reports", async () => {
    const missing = Object.assign(new Error("EACCES: permission denied, open '/m/vocab.txt'"), {
      code: "EACCES",
      syscall: "open",
    });
    await using k = await failing({ load: () => Promise.reject(missing) });
    expect(k.models()[0].reason).toBe(
      `"m" could not be loaded: ${missing.message}. Check that its files are there and may be read.`,
    );
  });

  test("is not laid to a family when the model source has it", async () => {
    const { modelSource, provide } = await import("../src/services.ts");
    const find = async (): Promise<never> => {
      throw new TypeError("fetch is not a function");
    };
    await using k = await create({
      plugins: [plugin],
      models: [{ id: "m", source }],
      provides: [provide(modelSource, () => ({ find }))],
    });
    expect(k.models()[0]!.reason).toMatch(/the model source failed with TypeError: fetch is not/);
  });
});
