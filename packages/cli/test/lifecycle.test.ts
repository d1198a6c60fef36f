import { describe, expect, test } from "vitest";
import { ModelRegistry } from "@kindred/core/registry";
import { checkAliases, parseLifecycle, withKept } from "../src/lifecycle.ts";
import type { LifecycleFlags } from "../src/lifecycle.ts";

const flags: LifecycleFlags = { alias: [], load: "listed", "no-state": false, data: "/data" };

describe("flags", () => {
  test("say which models requests load, by which names, and how long they stay", () => {
    const given = { ...flags, load: "any", alias: ["a=b", "c=d/e=f"], "keep-alive": "5m" };
    expect(parseLifecycle(given, 9997)).toEqual({
      load: "any",
      aliases: { a: "b", c: "d/e=f" },
      keepAlive: 300,
      state: "/data/state-9997.json",
    });
    expect(parseLifecycle({ ...flags, "keep-alive": "-1" }, 1).keepAlive).toBe(Infinity);
  });

  test("say where launches are kept: for each port, in a file, or nowhere", () => {
    expect(parseLifecycle(flags, 0).state).toBeUndefined();
    expect(parseLifecycle({ ...flags, state: "mine.json" }, 0).state).toBe("mine.json");
    expect(parseLifecycle({ ...flags, "no-state": true }, 9997).state).toBeUndefined();
  });

  test.each<[Partial<LifecycleFlags>, RegExp]>([
    [{ load: "all" }, /^--load must be listed, cached or any, not "all"\.$/],
    [{ alias: ["a"] }, /^--alias must be ALIAS=ID, as in .*, not "a"\.$/],
    [{ alias: ["=b"] }, /^--alias must be/],
    [{ alias: ["a=b", "a=c"] }, /^--alias a is given twice\. Give one/],
    [{ "keep-alive": "soon" }, /^--keep-alive must be seconds such as 300, .*not "soon"\.$/],
    [{ state: "" }, /^--state must be the path of a file/],
    [{ state: "x", "no-state": true }, /^--state and --no-state exclude each other/],
  ])("%j are refused", (given, message) => {
    expect(() => parseLifecycle({ ...flags, ...given }, 9997)).toThrow(message);
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
  const check = (id: string, load = "listed") =>
    checkAliases(parseLifecycle({ ...flags, load, alias: [`gpt=${id}`] }, 1), kernel, registry);
  for (const id of ["served", "mine"]) expect(() => check(id)).not.toThrow();
  expect(() => check("bge-small", "any")).not.toThrow();
  expect(() => check("bge-small")).toThrow(
    /names no model that is served\. Serve it too: .*--load any/,
  );
  expect(() => check("bge-smal")).toThrow('Did you mean "bge-small"?');
});
