import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { fetchAll, home } from "../../core/test/hub/fetched.ts";
import type { Home } from "../../core/test/hub/fetched.ts";
import { bytes, commit, standIn } from "../../core/test/hub/stand-in.ts";
import { command } from "./command.ts";

const newer = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const config = { "config.json": "{}" };

/** A cache of birds/lark at two commits, of which "v1" is the older one, and of a published model. */
async function cache(): Promise<Home> {
  const at = await home();
  const weights = (count: number) => ({ ...config, "model.safetensors": bytes(count, count) });
  await using old = await standIn({ files: weights(300_000), revisions: ["v1"] });
  await fetchAll({ env: at.env(old) }, "birds/lark@v1");
  await using young = await standIn({ files: weights(200_000), at: newer });
  await fetchAll({ env: at.env(young) });
  const repo = "BAAI/bge-small-en-v1.5";
  await using bge = await standIn({ files: weights(100_000), repo });
  await fetchAll({ env: at.env(bge) }, repo);
  return at;
}

test("kindred remove takes a revision, a published model's name and a repository, and says what went", async () => {
  await using at = await cache();
  const one = await command(["remove", "birds/lark@v1"], undefined, at.env());
  expect([one.status, one.stdout]).toEqual([
    0,
    `removed birds/lark at ${commit.slice(0, 7)}: 300 KB\n`,
  ]);
  const rest = await command(["remove", "bge-small-en-v1.5", "birds/lark"], undefined, at.env());
  expect([rest.status, rest.stdout]).toEqual([
    0,
    `removed BAAI/bge-small-en-v1.5 at ${commit.slice(0, 7)}: 100 KB\nremoved birds/lark at aaaaaaa: 200 KB\n`,
  ]);
  expect(await readdir(dirname(at.repo))).toEqual([]);
  const empty = await command(["remove", "birds/lark"], undefined, at.env());
  expect([empty.status, empty.stderr]).toEqual([
    1,
    "kindred: birds/lark is not in the cache, which has no models.\n",
  ]);
});

test("what is not cached is told with what is near, and the others are removed", async () => {
  await using at = await cache();
  const names = ["birds/larks", "birds/lark@v2", "sd-turbo", "bge-small-en-v1.5", "birds/lark@v1"];
  const { status, stdout, stderr } = await command(["remove", ...names], undefined, at.env());
  expect(status).toBe(1);
  expect(stdout.match(/^removed \S+/gm)).toEqual([
    "removed BAAI/bge-small-en-v1.5",
    "removed birds/lark",
  ]);
  expect(stderr).toBe(
    `kindred: birds/larks is not in the cache. Did you mean "birds/lark"?
birds/lark has no revision "v2" in the cache, only: ${commit.slice(0, 7)} (v1), aaaaaaa (main). Nothing of it was removed.
sd-turbo is not in the cache. There are "BAAI/bge-small-en-v1.5", "bge-small-en-v1.5", "birds/lark".
`,
  );
});

test("a model that is being downloaded stays, with status 1; without a name the command line is wrong", async () => {
  await using at = await home();
  const incomplete = join(at.repo, "blobs", `${"0".repeat(64)}.0a1b2c3d.incomplete`);
  await mkdir(dirname(incomplete), { recursive: true });
  await writeFile(incomplete, bytes(1000));
  const soon = new Date(Date.now() + 5_000);
  await utimes(incomplete, soon, soon);
  const busy = await command(["remove", "birds/lark"], undefined, at.env());
  expect([busy.status, busy.stderr]).toEqual([
    1,
    "kindred: birds/lark is being downloaded, 1 KB so far, and was not removed. End that download, or wait for it, and remove it then.\n",
  ]);
  expect(await readdir(dirname(incomplete))).toHaveLength(1);
  expect((await command(["remove"], undefined, at.env())).status).toBe(2);
});
