import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { createKernel } from "../../src/kernel.ts";
import type { FoundModel, ModelSource } from "../../src/model-source.ts";
import { logger, modelSource, provide } from "../../src/services.ts";
import { silent } from "../../src/logger.ts";
import type { Plugin } from "../../src/plugin.ts";
import type { Task } from "../../src/task.ts";

const echo: Task<string, string> = { name: "echo" };

/** Models whose family heard that their load is given up. */
const givenUp: string[] = [];

const plugin: Plugin = {
  contract: 1,
  name: "test",
  families: [
    {
      name: "echo",
      task: echo,
      match: () => "own",
      load: async ({ model, signal }) => {
        signal.addEventListener("abort", () => givenUp.push(model.id));
        if (model.id === "stuck in its family") await new Promise(() => {});
        return { run: async (text: string) => text };
      },
    },
  ],
};

const found: FoundModel = {
  names: [],
  files: [],
  size: () => 0,
  json: () => undefined,
  fetch: async () => "/",
};

/** "stuck" is never found, "slow" takes 0.3 s in which it tells of its progress. */
const source: ModelSource = {
  async find(name) {
    if (name === "stuck") return new Promise(() => {});
    if (name !== "slow") return found;
    return {
      ...found,
      async fetch(_, { onEvent }) {
        for (let done = 1; done <= 6; done++) {
          await setTimeout(50);
          onEvent({ what: "weights", done, total: 6 });
        }
        return "/";
      },
    };
  },
};

const provides = [provide(modelSource, () => source)];

test("a load that never ends is given up with its time, whatever it hangs in", async () => {
  await using kernel = await createKernel({ plugins: [plugin], provides });
  for (const launch of [
    { id: "stuck in its source", source: "stuck" },
    { id: "stuck in its family", source: "there" },
  ]) {
    await expect(kernel.load({ ...launch, loadTimeout: 0.05 })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/^"stuck in .*" has been loading for 0.05 seconds without/),
    });
  }
  expect(kernel.models()).toMatchObject([{ state: "failed" }, { state: "failed" }]);
});

test("a load that comes further may take longer than its time", async () => {
  await using kernel = await createKernel({ plugins: [plugin], provides });
  const model = await kernel.load({ id: "slow", source: "slow", loadTimeout: 0.2 });
  expect(model.state).toBe("ready");
});

test("a model that hangs keeps no other from being served", async () => {
  const logged: object[] = [];
  const hears = { ...silent, error: (facts: object) => logged.push(facts) };
  await using kernel = await createKernel({
    plugins: [plugin],
    models: [
      { id: "hangs", source: "stuck", loadTimeout: 0.3 },
      { id: "parrot", source: "there" },
    ],
    maxWait: 0.05,
    provides: [...provides, provide(logger, () => hears)],
  });
  expect(kernel.models()).toMatchObject([
    { id: "hangs", state: "loading" },
    { id: "parrot", state: "ready" },
  ]);
  expect(await kernel.run(echo, "parrot", "hello")).toBe("hello");
  await expect(kernel.run(echo, "hangs", "hello")).rejects.toThrow(/has been loading/);
  expect(logged).toMatchObject([{ model: "hangs", error: { code: "LOAD_FAILED" } }]);
});

test("a kernel whose model hangs while it loads can be closed", async () => {
  const models = [{ id: "hangs", source: "stuck" }];
  const kernel = await createKernel({ plugins: [plugin], models, maxWait: 0, provides });
  const start = performance.now();
  await kernel[Symbol.asyncDispose]();
  expect(performance.now() - start).toBeLessThan(5000);
});

test("a family hears that a load is given up, by its time or by an unload", async () => {
  givenUp.length = 0;
  const stuck = { id: "stuck in its family", source: "somewhere" };
  const kernel = await createKernel({ plugins: [plugin], models: [stuck], maxWait: 0, provides });
  await expect.poll(() => kernel.models()[0]?.family).toBe("echo");
  expect(givenUp).not.toContain(stuck.id);
  await kernel.unload(stuck.id);
  expect(givenUp).toContain(stuck.id);
  givenUp.length = 0;
  await expect(kernel.load({ ...stuck, loadTimeout: 0.1 })).rejects.toThrow();
  expect(givenUp).toContain(stuck.id);
  await kernel[Symbol.asyncDispose]();
});

test.each([{ maxWait: -1 }, { maxWait: Number.NaN }, { maxWait: "10" as unknown as number }])(
  "maxWait must be a number of seconds: %o",
  async (options) => {
    await expect(createKernel({ plugins: [plugin], ...options })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "maxWait",
    });
  },
);

test.each([
  { loadTimeout: 0 },
  { loadTimeout: "1" as unknown as number },
  { onChange: "ignore" as "refuse" },
])("a launch with %o is refused", async (option) => {
  await using kernel = await createKernel({ plugins: [plugin], provides });
  await expect(kernel.load({ id: "m", source: "there", ...option })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: Object.keys(option)[0],
  });
});
