import { mkdir, readdir, readFile, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { cachedModels, removeCached } from "../../src/hub/index.ts";
import { fetchAll, home } from "./fetched.ts";
import { bytes, commit, etag, standIn } from "./stand-in.ts";

const weights = bytes(300_000);
const files = { "config.json": '{"kind": "lark"}', "onnx/model.safetensors": weights };
const newer = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/** The newer commit has other weights and the same config. */
const newFiles = { ...files, "onnx/model.safetensors": bytes(200_000, 2) };

async function write(path: string, content: string | Buffer = "x"): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** A cache that has two commits of birds/lark: main is the newer one, v1 the older. */
async function twoRevisions() {
  const at = await home();
  await using old = await standIn({ files, revisions: ["v1"] });
  await fetchAll({ env: at.env(old) }, "birds/lark@v1");
  await using young = await standIn({ files: newFiles, at: newer });
  await fetchAll({ env: at.env(young) });
  return at;
}

test("a cache without anything, and one that is not there, have no models", async () => {
  await using at = await home();
  expect(await cachedModels(at.env())).toEqual([]);
  expect(await cachedModels({ HF_HUB_CACHE: join(at.path, "none") })).toEqual([]);
});

test("each repository has its revisions, their refs and files, and counts a shared blob once", async () => {
  await using at = await twoRevisions();
  const before = Date.now();
  const [model, ...others] = await cachedModels(at.env());
  expect(others).toEqual([]);
  expect(model).toMatchObject({
    repo: "birds/lark",
    folder: at.repo,
    bytes: 16 + 300_000 + 200_000,
    incompleteBytes: 0,
    revisions: [
      {
        commit,
        refs: ["v1"],
        files: [
          { path: "config.json", bytes: 16, isThere: true },
          { path: "onnx/model.safetensors", bytes: 300_000, isThere: true },
        ],
        bytes: 300_016,
        isWhole: true,
      },
      { commit: newer, refs: ["main"], bytes: 200_016, isWhole: true },
    ],
  });
  expect(Math.abs(model!.modified.getTime() - before)).toBeLessThan(60_000);
});

test("a broken link, an incomplete file and a nested ref are told apart", async () => {
  await using at = await twoRevisions();
  const blob = join(at.repo, "blobs", etag("x.safetensors", weights));
  await rename(blob, `${blob}.0a1b2c3d.incomplete`);
  await write(join(at.repo, "refs/refs/pr/1"), newer);
  const [model] = await cachedModels(at.env());
  expect(model).toMatchObject({ bytes: 200_016, incompleteBytes: 300_000 });
  expect(model!.revisions[0]).toMatchObject({ bytes: 16, isWhole: false });
  expect(model!.revisions[0]!.files[1]).toMatchObject({ bytes: 0, isThere: false });
  expect(model!.revisions[1]!.refs).toEqual(["main", "refs/pr/1"]);
});

test("what Python's clients and strangers leave in a cache is no model, and disturbs none", async () => {
  await using at = await twoRevisions();
  const cache = dirname(at.repo);
  await write(join(cache, "datasets--birds--songs/snapshots", commit, "a.csv"));
  await write(join(cache, "spaces--birds--page/snapshots", commit, "app.py"));
  await write(join(cache, ".locks/models--birds--lark/0.lock"));
  await write(join(cache, "models--a--b--c/snapshots", commit, "x"));
  await write(join(cache, "models--", "x"));
  await write(join(cache, "models--birds--file.txt"));
  await write(join(cache, "version.txt"));
  await mkdir(join(cache, "models--birds--empty"));
  await write(join(at.repo, "snapshots", "not-a-commit", "x"));
  await write(join(at.repo, "snapshots", ".DS_Store"));
  await write(join(at.repo, ".no_exist", commit, "added_tokens.json"), "");
  await write(join(at.repo, "refs", "broken"), "no commit");
  await write(join(cache, "models--gpt2/snapshots", commit, "config.json"), "{}");
  const found = await cachedModels(at.env());
  expect(found.map(({ repo, bytes: size }) => [repo, size])).toEqual([
    ["birds/lark", 500_016],
    ["gpt2", 2],
  ]);
  expect(found[0]!.revisions.map(({ refs }) => refs)).toEqual([["v1"], ["main"]]);
  expect(found[1]!.revisions[0]).toMatchObject({ refs: [], isWhole: true });
});

test("blobs that are links into a store of several caches are followed, and the store's files stay", async () => {
  await using at = await twoRevisions();
  const blob = join(at.repo, "blobs", etag("x.safetensors", weights));
  const stored = join(at.path, "store", "weights");
  await mkdir(dirname(stored));
  await rename(blob, stored);
  await symlink(stored, blob);
  expect((await cachedModels(at.env()))[0]).toMatchObject({ bytes: 500_016 });
  expect(await removeCached("birds/lark", "v1", at.env())).toMatchObject({ commits: [commit] });
  expect((await readFile(stored)).equals(weights)).toBe(true);
  expect(await readdir(join(at.repo, "blobs"))).not.toContain(etag("x.safetensors", weights));
});

test.each(["v1", commit, commit.slice(0, 7)])(
  "removing revision %s removes what only it uses, and tells the bytes",
  async (revision) => {
    await using at = await twoRevisions();
    const tree = JSON.parse(await readFile(join(at.repo, "trees", `${commit}.json`), "utf8"));
    const removed = await removeCached("Birds/Lark", revision, at.env());
    const treeBytes = JSON.stringify(tree, null, 1).length;
    expect(removed).toEqual({
      repo: "birds/lark",
      commits: [commit],
      bytes: 300_000 + treeBytes + commit.length,
    });
    expect(await readdir(join(at.repo, "refs"))).toEqual(["main"]);
    expect(await readdir(join(at.repo, "blobs"))).toHaveLength(2);
    const offline = { env: at.env(undefined, { HF_HUB_OFFLINE: "1" }) };
    const folder = await fetchAll(offline);
    expect(await readFile(join(folder, "config.json"), "utf8")).toBe(files["config.json"]);
    await expect(fetchAll(offline, "birds/lark@v1")).rejects.toThrow(/is not in the cache/);
    // The last revision takes all with it.
    await removeCached("birds/lark", "main", at.env());
    expect(await readdir(dirname(at.repo))).toEqual([]);
  },
);

test("removing a repository removes all of it, also one that never came whole", async () => {
  await using at = await twoRevisions();
  const other = join(dirname(at.repo), "models--birds--wren");
  const incomplete = join(other, "blobs", `${"0".repeat(64)}.0a1b2c3d.incomplete`);
  await write(incomplete, bytes(1000));
  await utimes(incomplete, 0, 0);
  expect(await removeCached("birds/wren", undefined, at.env())).toEqual({
    repo: "birds/wren",
    commits: [],
    bytes: 1000,
  });
  const removed = await removeCached("birds/lark", undefined, at.env());
  expect(removed!.commits).toEqual([commit, newer]);
  expect(removed!.bytes).toBeGreaterThan(500_016);
  expect(await readdir(dirname(at.repo))).toEqual([]);
});

test("what is not cached removes nothing", async () => {
  await using at = await twoRevisions();
  const before = await readdir(at.repo, { recursive: true });
  expect(await removeCached("birds/wren", undefined, at.env())).toBeUndefined();
  expect(await removeCached("birds/lark", "v2", at.env())).toBeUndefined();
  expect(await removeCached("birds/lark", "", at.env())).toBeUndefined();
  expect(await removeCached("../..", undefined, at.env())).toBeUndefined();
  expect(await readdir(at.repo, { recursive: true })).toEqual(before);
});

test("while a download of it is alive, nothing is removed; an abandoned one does not hinder", async () => {
  await using at = await twoRevisions();
  const incomplete = join(at.repo, "blobs", `${"0".repeat(64)}.0a1b2c3d.incomplete`);
  await write(incomplete, bytes(1000));
  const before = await readdir(at.repo, { recursive: true });
  await expect(removeCached("birds/lark", undefined, at.env())).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message:
      "birds/lark is being downloaded, 1 KB so far, and was not removed. End that download, or wait for it, and remove it then.",
  });
  expect(await readdir(at.repo, { recursive: true })).toEqual(before);
  await utimes(incomplete, 0, 0);
  await removeCached("birds/lark", undefined, at.env());
  expect(await readdir(dirname(at.repo))).toEqual([]);
});
