import { expect, test } from "vitest";
import { KernelError } from "../src/errors.ts";
import type { LaunchListing, ModelFamily, ModelFolder } from "../src/family.ts";
import { createKernel } from "../src/kernel.ts";
import type { ModelListing, ModelSource } from "../src/model-source.ts";
import { modelSource, provide } from "../src/services.ts";
import type { Task } from "../src/task.ts";

const task: Task<string, string> = { name: "echo" };

/** A source of one repository, which records what is asked of it. */
function repository(files: Readonly<Record<string, number>>) {
  const log: string[] = [];
  const source: ModelSource = {
    async find(name) {
      log.push(`find ${name}`);
      return {
        names: ["acme/echo"],
        files: Object.keys(files),
        size: (file) => files[file] ?? 0,
        json: (file) => (file === "config.json" ? { kind: "echo" } : undefined),
        async fetch(chosen, call) {
          call.onEvent({ what: "model", done: 1, total: 1 });
          log.push(`fetch ${chosen.join(" ")}`);
          return "/cache/echo";
        },
      };
    },
  };
  return { log, source };
}

function echo(folders: ModelFolder[], files?: ModelFamily["files"]): ModelFamily<typeof task> {
  return {
    name: "echo",
    task,
    match: (model) => model.json("config.json")?.kind === "echo" && "own",
    ...(files && { files }),
    async load({ model }) {
      folders.push(model);
      return { run: async (text) => text };
    },
  };
}

async function launched(family: ModelFamily<typeof task>, source: ModelSource) {
  return createKernel({
    plugins: [{ contract: 1, name: "echo", families: [family] }],
    models: [{ id: "parrot", source: "echo" }],
    provides: [provide(modelSource, () => source)],
  });
}

const files = { "config.json": 10, "model.safetensors": 1000, "pytorch_model.bin": 1000 };

test("a family names the files it reads, and only those are fetched", async () => {
  const { log, source } = repository(files);
  const folders: ModelFolder[] = [];
  const chosen = ["config.json", "model.safetensors"];
  await using _ = await launched(
    echo(folders, () => chosen),
    source,
  );
  expect(log).toEqual(["find echo", "fetch config.json model.safetensors"]);
  expect(folders).toMatchObject([
    {
      id: "parrot",
      path: "/cache/echo",
      files: chosen,
      names: ["acme/echo"],
    },
  ]);
});

test("a family that names none gets all", async () => {
  const { log, source } = repository(files);
  await using _ = await launched(echo([]), source);
  expect(log[1]).toBe("fetch config.json model.safetensors pytorch_model.bin");
});

test("a model that no family takes is not fetched, and neither is one too large for its device", async () => {
  const { log, source } = repository({ ...files, "model.safetensors": 1e15 });
  await using other = await launched({ ...echo([]), match: () => false }, source);
  await using large = await launched(
    echo([], () => ["model.safetensors"]),
    source,
  );
  expect(other.models()).toMatchObject([{ state: "failed" }]);
  expect(large.models()).toMatchObject([
    { state: "failed", reason: expect.stringContaining("needs 1000 TB") },
  ]);
  expect(log).toEqual(["find echo", "find echo"]);
});

test("a family that knows what its weights need at once is asked before the files' sizes", async () => {
  const { source } = repository({ ...files, "model.safetensors": 1e15 });
  const chosen = ["model.safetensors"];
  const asked: unknown[] = [];
  const family = (bytes: number | undefined) => ({
    ...echo([], () => chosen),
    leastBytes: ({ id, names }: LaunchListing) => (asked.push(id, names), bytes),
  });
  await using small = await launched(family(1000), source);
  await using unknown = await launched(family(undefined), source);
  expect(small.models()).toMatchObject([{ state: "ready" }]);
  expect(unknown.models()).toMatchObject([{ reason: expect.stringContaining("needs 1000 TB") }]);
  expect(asked).toEqual(["parrot", ["acme/echo"], "parrot", ["acme/echo"]]);
});

test("a family sees the headers that a source can read, also in the folder that it loads", async () => {
  const { source } = repository(files);
  const header = { tensors: new Map(), metadata: { kind: "echo" } };
  const reading: ModelSource = {
    find: async (...args) => ({ ...(await source.find(...args)), header: () => header }),
  };
  const folders: ModelFolder[] = [];
  const family = echo(folders);
  const match = (model: ModelListing) =>
    model.header?.("model.safetensors")?.metadata["kind"] === "echo" && "own";
  await using read = await launched({ ...family, match }, reading);
  await using blind = await launched({ ...family, match }, source);
  expect([read.models()[0]!.state, blind.models()[0]!.state]).toEqual(["ready", "failed"]);
  expect(folders.map((folder) => folder.header?.("model.safetensors"))).toEqual([header]);
});

test("a launch tells how far fetching has come", async () => {
  const { source } = repository(files);
  await using kernel = await launched(echo([]), source);
  const told: unknown[] = [];
  await kernel.load({ id: "second", source: "echo" }, { onEvent: (event) => told.push(event) });
  expect(told).toEqual([{ what: "model", done: 1, total: 1 }]);
});

test("what a source finds may be an instance of a class", async () => {
  class Found {
    readonly names = ["acme/echo"];
    readonly files = ["config.json"];
    readonly #config = { kind: "echo" };
    json() {
      return this.#config;
    }
    size() {
      return this.files.length;
    }
    async fetch() {
      return `/cache/${this.names[0]}`;
    }
  }
  await using kernel = await launched(echo([]), { find: async () => new Found() });
  expect(kernel.models()).toMatchObject([{ state: "ready" }]);
});

test.each(["find", "fetch"])(
  "a launch is given up although %s ignores its signal",
  async (step) => {
    const { source } = repository(files);
    const never = () => new Promise<never>(() => {});
    const stuck: ModelSource = {
      find: async (name, call) =>
        step === "find" ? never() : { ...(await source.find(name, call)), fetch: never },
    };
    await using kernel = await createKernel({
      plugins: [{ contract: 1, name: "echo", families: [echo([])] }],
      provides: [provide(modelSource, () => stuck)],
    });
    const loading = kernel.load({ id: "m", source: "echo" });
    await new Promise(setImmediate);
    await kernel.unload("m");
    await expect(loading).rejects.toMatchObject({ code: "CLOSED" });
  },
);

test("an abort that nobody asked for is a fault of the source", async () => {
  const aborts: ModelSource = {
    find: () => Promise.reject(new KernelError("ABORTED", "The request was aborted.")),
  };
  await using kernel = await launched(echo([]), aborts);
  await expect(kernel.run(task, "parrot", "a")).rejects.toMatchObject({ code: "LOAD_FAILED" });
});
