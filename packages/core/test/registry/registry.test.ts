import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ModelRegistry } from "../../src/registry/registry.ts";
import { emptyFolder, mine, plugin } from "./setup.ts";

const plugins = [plugin];

test("published models are known by name, alias and repository", async () => {
  const registry = await ModelRegistry.open({ plugins });
  for (const name of ["bge-small", "bge-tiny", "BAAI/bge-small"])
    expect(registry.find(name)).toMatchObject({
      name: "bge-small",
      task: "embedding",
      family: "bge",
      source: "BAAI/bge-small@main",
    });
  expect(registry.find("other")).toBeUndefined();
});

test("registered models and launches are there again in the next registry of their file", async () => {
  const file = join(await emptyFolder(), "data", "state.json");
  const registry = await ModelRegistry.open({ plugins, file });
  await registry.register(mine);
  await registry.register({ ...mine, name: "passing" }, false);
  await registry.keepLaunch({ id: "a", source: "/a", keepAlive: Infinity });
  await registry.keepLaunch({ id: "b", source: "/b" });
  await registry.forgetLaunch("b");
  const next = await ModelRegistry.open({ plugins, file });
  expect(next.find("mine")).toEqual(mine);
  expect(next.find("passing")).toBeUndefined();
  expect(next.launches).toEqual([{ id: "a", source: "/a", keepAlive: Infinity }]);
  await next.unregister("mine");
  expect((await ModelRegistry.open({ plugins, file })).models).toHaveLength(1);
});

test("many changes at once leave a whole file, and nothing beside it", async () => {
  const folder = await emptyFolder();
  const file = join(folder, "state.json");
  const registry = await ModelRegistry.open({ plugins, file });
  const ids = Array.from({ length: 40 }, (_, i) => `m${i}`);
  await Promise.all(ids.map((id) => registry.keepLaunch({ id, source: "/m" })));
  expect(JSON.parse(await readFile(file, "utf8")).launches).toHaveLength(40);
  expect(await readdir(folder)).toEqual(["state.json"]);
});

test("a name that is taken is refused, and the same again is not", async () => {
  const registry = await ModelRegistry.open({ plugins });
  await registry.register(mine);
  await registry.register(mine);
  for (const model of [
    { ...mine, source: "/other" },
    { ...mine, name: "bge-tiny" },
  ])
    await expect(registry.register(model)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "name",
    });
});

test("a published model cannot be unregistered, and an unknown name gets a suggestion", async () => {
  const registry = await ModelRegistry.open({ plugins });
  await expect(registry.unregister("bge-small")).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(registry.unregister("bge-smal")).rejects.toMatchObject({
    code: "MODEL_NOT_FOUND",
    message: 'There is no model "bge-smal". Did you mean "bge-small"?',
  });
});

test.each([
  [null, "model"],
  [{ ...mine, source: "" }, "source"],
  [{ ...mine, name: "../x" }, "name"],
  [{ ...mine, name: "a b" }, "name"],
  [{ ...mine, options: [] }, "options"],
])("%j is no model to register", async (model, param) => {
  const registry = await ModelRegistry.open({ plugins });
  await expect(registry.register(model as typeof mine)).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param,
  });
});

test.each([
  ["{", /it is not JSON/],
  ["[]", /its version is undefined/],
  ['{"version":2}', /its version is 2, not 1/],
  ['{"version":1,"launches":{}}', /must be lists/],
  ['{"version":1,"launches":[{"id":"a"}]}', /The launch has no source/],
  ['{"version":1,"models":[{"name":"a"}]}', /The model's task/],
])("a file of %s is refused by name", async (text, reason) => {
  const file = join(await emptyFolder(), "state.json");
  await writeFile(file, text);
  const opening = ModelRegistry.open({ plugins, file });
  await expect(opening).rejects.toMatchObject({ code: "LOAD_FAILED" });
  await expect(opening).rejects.toThrow(reason);
  await expect(opening).rejects.toThrow(file);
});

test("a file that cannot be written is told, and the launch stays known", async () => {
  const folder = await emptyFolder();
  const file = join(folder, "state.json");
  const registry = await ModelRegistry.open({ plugins, file });
  await mkdir(file);
  await expect(registry.keepLaunch({ id: "a", source: "/a" })).rejects.toMatchObject({
    code: "LOAD_FAILED",
  });
  expect(registry.launches).toHaveLength(1);
});

test("a registration that cannot be written is none, and a forgotten one that cannot be is still there", async () => {
  const folder = join(await emptyFolder(), "data");
  const registry = await ModelRegistry.open({ plugins, file: join(folder, "state.json") });
  await registry.register(mine);
  await rm(folder, { recursive: true });
  await writeFile(folder, "a file where a folder should be");
  const refused = { code: "LOAD_FAILED" };
  await expect(registry.register({ ...mine, name: "other" })).rejects.toMatchObject(refused);
  expect(registry.find("other")).toBeUndefined();
  await expect(registry.unregister("mine")).rejects.toMatchObject(refused);
  expect(registry.find("mine")).toEqual(mine);
  await rm(folder);
  await registry.register({ ...mine, name: "third" });
  const next = await ModelRegistry.open({ plugins, file: join(folder, "state.json") });
  expect(next.models.map(({ name }) => name)).toEqual(["bge-small", "mine", "third"]);
});
