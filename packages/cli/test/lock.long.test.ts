import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kindred, start } from "../../../test/started.ts";
import { home } from "../../core/test/hub/fetched.ts";
import { commit, gitSha1, sha256, standIn } from "../../core/test/hub/stand-in.ts";
import { readPictures } from "../../plugin-diffusion/test/pictures/golden.ts";
import {
  writeControlNet,
  writeFolder,
} from "../../plugin-diffusion/test/pictures/synthetic-folder.ts";
import { command } from "./command.ts";
import { filesOf, repository } from "./repository.ts";

const newer = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const lockFile = "models.lock.json";

/** An empty home of Hugging Face's clients, and in it an empty folder to work in. */
async function workplace() {
  const at = await home();
  const folder = await mkdtemp(join(at.path, "work-"));
  return {
    ...at,
    folder,
    lock: async () => JSON.parse(await readFile(join(folder, lockFile), "utf8")),
    run: (args: readonly string[], hub?: { readonly url: string }, more: NodeJS.ProcessEnv = {}) =>
      command(args, folder, at.env(hub, more)),
  };
}

test("kindred pull --lock writes what was fetched, and keeps other names", async () => {
  const files = await repository();
  await using hub = await standIn({ files, others: { "birds/wren": files } });
  await using at = await workplace();
  const pulled = await at.run(["pull", "--lock", "birds/lark@main", "small=birds/wren"], hub);
  expect([pulled.status, pulled.stdout]).toEqual([
    0,
    "birds/lark can be served\nsmall can be served\nwrote 2 models to models.lock.json\n",
  ]);
  const { version, models } = await at.lock();
  expect([version, Object.keys(models)]).toEqual([1, ["birds/lark@main", "birds/wren"]]);
  const { files: locked, ...lark } = models["birds/lark@main"];
  expect(lark).toEqual({ repo: "birds/lark", revision: "main", commit });
  const weights = files["model.safetensors"]!;
  const config = files["config.json"]!;
  expect(locked).toMatchObject({
    "model.safetensors": { size: weights.length, sha256: sha256(weights) },
    "config.json": { size: config.length, blob: gitSha1(config) },
  });
  expect(Object.keys(locked)).not.toContain("tf_model.h5");
  const before = await readFile(join(at.folder, lockFile), "utf8");
  await at.run(["pull", "--lock", "birds/wren"], hub);
  expect(await readFile(join(at.folder, lockFile), "utf8")).toBe(before);
  expect(await readdir(at.folder)).toEqual([lockFile]);
});

test("--locked serves, runs and pulls the locked commit, although the branch has moved on", async () => {
  const files = await repository();
  await using at = await workplace();
  await using hub = await standIn({ files });
  await at.run(["pull", "--lock", "birds/lark"], hub);
  await rm(at.repo, { recursive: true });
  await using moved = await standIn({
    files: { ...files, "config.json": "{}" },
    at: newer,
  });
  const unlocked = await at.run(["pull", "birds/lark"], moved);
  expect(unlocked.status).toBe(1);
  // The stand-in of the old commit still has it, as Hugging Face has.
  const all = await at.run(["pull", "--locked"], hub);
  expect([all.status, all.stdout]).toEqual([
    0,
    "birds/lark at 5c38ec7 is as in models.lock.json\n",
  ]);
  const named = await at.run(["pull", "--locked", "birds/lark"], hub);
  expect([named.status, named.stdout]).toEqual([0, "birds/lark can be served\n"]);
  const ran = await at.run(["run", "--locked", "birds/lark", "a fox"], moved);
  expect([ran.status, ran.stderr]).toEqual([0, ""]);
  await using server = await start(kindred, ["serve", "--locked", "--port", "0", "birds/lark"], {
    cwd: at.folder,
    env: { ...process.env, ...at.env(undefined, { HF_HUB_OFFLINE: "1" }) },
  });
  expect(server.output).toMatch(/serving birds\/lark\n/);
});

test("--locked refuses a name that is not locked, a changed file, and a lock that is not sound", async () => {
  const files = await repository();
  await using at = await workplace();
  await using hub = await standIn({ files, others: { "birds/wren": files } });
  const missing = await at.run(["run", "--locked", "birds/lark", "a fox"], hub);
  expect([missing.status, missing.stderr]).toEqual([
    1,
    `kindred: There is no ${join(at.folder, lockFile)}. Make one by: kindred pull --lock NAME\n`,
  ]);
  await at.run(["pull", "--lock", "birds/lark"], hub);
  const other = await at.run(["serve", "--locked", "--port", "0", "birds/wren"], hub);
  expect([other.status, other.stderr]).toEqual([
    1,
    expect.stringMatching(
      /^kindred: birds\/wren cannot be served: "birds\/wren" is not in models\.lock\.json\. .* by: kindred pull --lock birds\/wren\. One that /,
    ),
  ]);
  await rm(at.repo, { recursive: true });
  await using altered = await standIn({ files: { ...files, "config.json": "{}" } });
  const changed = await at.run(["pull", "--locked"], altered);
  expect([changed.status, changed.stderr]).toEqual([
    1,
    expect.stringMatching(
      /^kindred: birds\/lark at 5c38ec7 is listed in another way than .*config\.json/,
    ),
  ]);
  await writeFile(join(at.folder, lockFile), "{");
  for (const args of [
    ["pull", "--locked"],
    ["pull", "--lock", "birds/lark"],
  ]) {
    const { status, stderr } = await at.run(args, hub);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^kindred: models\.lock\.json cannot be used: it is not JSON/),
    ]);
  }
  expect(await readFile(join(at.folder, lockFile), "utf8")).toBe("{");
});

test("nothing is locked that is a folder, or where nobody can be asked", async () => {
  await using hub = await standIn({ files: await repository() });
  await using at = await workplace();
  const demo = join(process.cwd(), "packages/demo-models/demo-embedding");
  const folder = await at.run(["pull", "--lock", demo], hub);
  expect([folder.status, folder.stderr]).toEqual([
    1,
    expect.stringMatching(/demo-embedding" is no model of a hub by its name here/),
  ]);
  await at.run(["pull", "birds/lark"], hub);
  const offline = await at.run(["pull", "--lock", "birds/lark"], undefined, {
    HF_HUB_OFFLINE: "1",
  });
  expect([offline.status, offline.stderr]).toEqual([
    1,
    expect.stringMatching(/birds\/lark cannot be locked from the cache alone/),
  ]);
  expect((await at.run(["pull", "--lock", "--locked", "birds/lark"])).status).toBe(2);
  expect((await at.run(["pull", "--lock"])).status).toBe(2);
  expect(await readdir(at.folder)).toEqual([]);
});

test("a ControlNet that a launch attaches is locked, and held to the lock", async () => {
  const { models, nets } = readPictures("control-pictures");
  const source = await mkdtemp(join(tmpdir(), "kindred-lock-"));
  await writeFolder(join(source, "sd"), models["sd15"]!);
  await writeControlNet(join(source, "lines"), nets["lines"]!);
  const net = await filesOf(join(source, "lines"));
  const base = await filesOf(join(source, "sd"));
  await rm(source, { recursive: true });
  await using hub = await standIn({ files: base, others: { "birds/lines": net } });
  await using at = await workplace();
  const names = ["birds/lark", "--controlnet", "lines=birds/lines"];
  const pulled = await at.run(["pull", "--lock", ...names], hub);
  expect(pulled.stdout).toBe("birds/lark can be served\nwrote 2 models to models.lock.json\n");
  const lock = await at.lock();
  expect(Object.keys(lock.models)).toEqual(["birds/lark", "birds/lines"]);
  const all = await at.run(["pull", "--locked"], hub);
  expect([all.status, all.stdout.split("\n").length]).toEqual([0, 3]);
  expect((await at.run(["pull", "--locked", ...names], hub)).status).toBe(0);
  const { "birds/lark": lark } = lock.models;
  const only = { ...lock, models: { "birds/lark": lark } };
  await writeFile(join(at.folder, lockFile), JSON.stringify(only));
  const without = await at.run(["pull", "--locked", ...names], hub);
  expect([without.status, without.stderr]).toEqual([
    1,
    expect.stringMatching(
      /"birds\/lines" is not in models\.lock\.json\. .* by: kindred pull --lock birds\/lines\. One that /,
    ),
  ]);
});
