import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { kindred, start } from "../../../test/started.ts";
import { openKeys } from "../src/keys.ts";
import { command } from "./command.ts";
import { configurationOf } from "./configuration-of.ts";

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

async function keyFile(text: string) {
  const folder = await mkdtemp(join(tmpdir(), "kindred-keys-"));
  const path = join(folder, "keys.txt");
  await writeFile(path, text);
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

async function keysOf(args: readonly string[], env: NodeJS.ProcessEnv = {}, logger = quiet) {
  return openKeys((await configurationOf({ args, env })).values, logger);
}

test("there are no keys where none is given", async () => {
  expect(await keysOf([])).toBeUndefined();
});

test("keys come from options, variables and a file, with names or without", async () => {
  await using file = await keyFile("# a comment\n\ncarol=c=\n  plain  \nadmin dave=d\nadmin e\n");
  const flags = ["--api-key", "alice=a", "--api-key", "b", "--admin-key", "r"];
  const variables = { KINDRED_API_KEY: "u", KINDRED_ADMIN_KEY: "ops=o" };
  const { keys } = (await keysOf([...flags, "--api-key-file", file.path], variables))!;
  const found = ["a", "b", "u", "r", "o", "c=", "plain", "d", "e", "alice=a", "nobody"];
  expect(found.map((key) => keys.find(key))).toEqual([
    { name: "alice" },
    { name: "key-2" },
    { name: "key-3" },
    { name: "admin-1", isAdmin: true },
    { name: "ops", isAdmin: true },
    { name: "carol" },
    { name: "line-4" },
    { name: "dave", isAdmin: true },
    { name: "line-6", isAdmin: true },
    undefined,
    undefined,
  ]);
});

test.each([
  [["--api-key", "carol="], {}, /^--api-key has a name without a key/],
  [["--admin-key", "ops=="], {}, /^--admin-key has a name without a key/],
  [[], { KINDRED_API_KEY: "" }, /^KINDRED_API_KEY is empty/],
  [[], { KINDRED_ADMIN_KEY: "" }, /^KINDRED_ADMIN_KEY is empty/],
  [[], { KINDRED_ADMIN_KEY: "ops=" }, /^KINDRED_ADMIN_KEY has a name without a key/],
])("%j with %j opens nothing", async (flags, variables, message) => {
  await expect(keysOf(flags, variables)).rejects.toThrow(message);
});

test.each([
  ["alice=\n", /Line 1 has a name without a key/],
  ["a=b\nadmin ops=\n", /Line 2 has a name without a key/],
  ["admin\n", /Line 1 is the word admin without a key/],
  ["a=same\nadmin b=same\n", /"a" and "b" have the same key/],
])("a file with %j opens nothing", async (text, message) => {
  await using file = await keyFile(text);
  await expect(keysOf(["--api-key-file", file.path])).rejects.toThrow(message);
});

test("a file that changes is read again, and one that is wrong then changes nothing and is told", async () => {
  await using file = await keyFile("alice=a\n");
  const error = vi.fn();
  const logger = { ...quiet, error };
  const { keys } = (await keysOf(["--api-key-file", file.path], {}, logger))!;
  await writeFile(file.path, "bob=b\n");
  await expect.poll(() => keys.find("b")).toEqual({ name: "bob" });
  expect(keys.find("a")).toBeUndefined();
  await writeFile(file.path, "carol=with space\n");
  await expect.poll(() => error.mock.calls.length).toBe(1);
  expect(error.mock.calls[0]![0].reason).toMatch(/^The key "carol" must be/);
  expect(JSON.stringify(error.mock.calls)).not.toMatch(/with space/);
  await writeFile(file.path, "# nothing is left\n");
  await expect.poll(() => error.mock.calls.length).toBe(2);
  expect(keys.find("b")).toEqual({ name: "bob" });
});

test.each([
  [["--api-key", ""], /The key "key-1" must be 1 to 512 visible characters/],
  [["--api-key", "a=x", "--admin-key", "a=y"], /Two keys are called "a"/],
  [["--api-key-file", "/no/such/file"], /--api-key-file cannot be read: ENOENT/],
])("%j is refused before anything is opened", async (flags, message) => {
  const { status, stderr } = await command(["serve", "--port", "0", ...flags]);
  expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
});

test("a server that other machines reach says so, unless it has a key, and its own commands have the key", async () => {
  const flags = ["serve", "--port", "0", "--host", "0.0.0.0", "--no-state"];
  await using open = await start(kindred, flags);
  await expect.poll(() => open.output).toMatch(/warning: 0\.0\.0\.0 is reachable .* no key/);
  await using closed = await start(kindred, [...flags, "--api-key", "alice=sk-alice"]);
  await expect.poll(() => closed.output).toMatch(/curl .*Bearer \$KINDRED_API_KEY/);
  expect(closed.output).not.toMatch(/no key|sk-alice/);
  const authorization = "Bearer sk-alice";
  const asked = [{}, { authorization }].map(async (headers) => {
    const reply = await fetch(`${closed.url}/v1/models`, { headers });
    return reply.status;
  });
  expect(await Promise.all(asked)).toEqual([401, 200]);
  await expect.poll(() => closed.output).toMatch(/request .*caller=alice/);
});

test("keys that were removed while the file was read again do not come again", async () => {
  await using file = await keyFile("filed=f\n");
  const flags = ["--api-key-file", file.path];
  const opened = (await keysOf(["--api-key", "old=o", ...flags]))!;
  const { values } = await configurationOf({ args: ["--api-key", "new=n", ...flags] });
  await Promise.all([opened.replace(values), opened.readAgain()]);
  const found = ["o", "n", "f"].map((key) => opened.keys.find(key)?.name);
  expect(found).toEqual([undefined, "new", "filed"]);
});
