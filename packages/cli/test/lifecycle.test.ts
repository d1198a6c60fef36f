import { describe, expect, test } from "vitest";
import { ModelRegistry } from "@kindred/core/registry";
import type { LoadPolicy } from "@kindred/core/registry";
import { checkAliases, lifecycleOf, withKept } from "../src/lifecycle.ts";
import { configurationOf } from "./configuration-of.ts";

const lifecycle = async (...args: string[]) =>
  lifecycleOf((await configurationOf({ args: ["--data", "/data", ...args] })).values);

describe("flags", () => {
  test("say which models requests load, by which names, and how long they stay", async () => {
    const aliases = ["--alias", "a=b", "--alias", "c=d/e=f"];
    expect(await lifecycle("--load", "any", ...aliases, "--keep-alive", "5m")).toEqual({
      load: "any",
      aliases: { a: "b", c: "d/e=f" },
      keepAlive: 300,
      state: "/data/state-9997.json",
    });
    expect((await lifecycle("--keep-alive=-1")).keepAlive).toBe(Infinity);
  });

  test("say where launches are kept: for each port, in a file, or nowhere", async () => {
    expect((await lifecycle("--port", "0")).state).toBeUndefined();
    expect((await lifecycle("--port", "0", "--state", "mine.json")).state).toBe("mine.json");
    expect((await lifecycle("--no-state")).state).toBeUndefined();
  });

  test.each<[string[], RegExp]>([
    [["--load", "all"], /^--load must be listed, cached or any, not "all"\.$/],
    [["--alias", "a"], /^--alias must be ALIAS=ID, as in .*, not "a"\.$/],
    [["--alias", "=b"], /^--alias must be/],
    [["--alias", "a=b", "--alias", "a=c"], /^--alias a is given twice\. Give one/],
    [["--keep-alive", "soon"], /^--keep-alive must be seconds such as 300, .*not "soon"\.$/],
    [["--state", ""], /^--state must be the path of a file/],
    [["--state", "x", "--no-state"], /^--state and --no-state exclude each other/],
  ])("%j are refused", async (args, message) => {
    await expect(lifecycle(...args)).rejects.toThrow(message);
  });
});

test("a launch of the command line takes the place of a kept one of its id", () => {
  const own = [{ id: "a", source: "/own" }];
  const kept = [
    { id: "a", source: "/kept" },
    { id: "b", source: "/kept" },
  ];
  expect(withKept(own, kept)).toEqual([own[0], kept[1]]);
});

test("an alias of a model that nobody serves is refused, with what to do", async () => {
  const checkpoints = [{ name: "bge-small", repo: "BAAI/bge-small", revision: "main" }];
  const family = {
    name: "bge",
    task: { name: "embedding" },
    checkpoints,
    match: () => false as const,
    load: () => Promise.reject(new Error("never loaded")),
  };
  const registry = await ModelRegistry.open({
    plugins: [{ contract: 1, name: "test", families: [family] }],
  });
  await registry.register({ name: "mine", task: "embedding", source: "/mine" });
  const kernel = { models: () => [{ id: "served", state: "ready" as const }] };
  const check = (id: string, load: LoadPolicy = "listed") =>
    checkAliases({ load, aliases: { gpt: id } }, kernel, registry);
  for (const id of ["served", "mine"]) expect(() => check(id)).not.toThrow();
  expect(() => check("bge-small", "any")).not.toThrow();
  expect(() => check("bge-small")).toThrow(
    /names no model that is served\. Serve it too: .*--load any/,
  );
  expect(() => check("bge-smal")).toThrow('Did you mean "bge-small"?');
});
