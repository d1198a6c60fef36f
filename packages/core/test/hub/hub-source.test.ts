import { mkdir, readdir, readFile, readlink, rm, utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { hubSource } from "../../src/hub/index.ts";
import type { LoadProgress } from "../../src/model-source.ts";
import { tracing } from "../../src/tracing.ts";
import { call } from "../fixtures.ts";
import { fetchAll, home } from "./fetched.ts";
import { bytes, commit, etag, standIn } from "./stand-in.ts";

const weights = bytes(300_000);
const config = Buffer.from('{"kind": "lark"}');
const files = {
  "config.json": config,
  "model.safetensors": weights,
  "pytorch_model.bin": bytes(200_000, 2),
  "onnx/config.json": config,
  "README.md": "# Lark",
  ".gitattributes": "*",
};

test("find lists a repository and brings its JSON files alone; fetch brings what is chosen", async () => {
  await using hub = await standIn({ files, page: 2 });
  await using at = await home();
  const found = await hubSource({ env: at.env(hub) }).find("birds/lark", call());
  expect(found.names).toEqual(["birds/lark"]);
  expect(found.files).toEqual([
    "README.md",
    "config.json",
    "model.safetensors",
    "onnx/config.json",
    "pytorch_model.bin",
  ]);
  expect(found.size("model.safetensors")).toBe(300_000);
  expect(found.size("none")).toBe(0);
  expect(found.json("config.json")).toEqual({ kind: "lark" });
  expect(found.json("none.json")).toBeUndefined();
  expect(hub.sent).toBe(config.length);
  const folder = await found.fetch(["config.json", "model.safetensors"], call());
  expect(hub.sent).toBe(config.length + weights.length);
  expect((await readFile(join(folder, "model.safetensors"))).equals(weights)).toBe(true);
  expect(basename(folder)).toBe(commit);
});

test("the cache is laid out as Python's", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  await fetchAll({ env: at.env(hub) });
  const snapshot = join(at.repo, "snapshots", commit);
  expect(await readlink(join(snapshot, "model.safetensors"))).toBe(
    join("../../blobs", etag("model.safetensors", weights)),
  );
  expect(await readlink(join(snapshot, "onnx/config.json"))).toBe(
    join("../../../blobs", etag("config.json", config)),
  );
  expect(await readFile(join(at.repo, "refs/main"), "utf8")).toBe(commit);
  const tree = JSON.parse(await readFile(join(at.repo, "trees", `${commit}.json`), "utf8"));
  expect(tree.files["config.json"]).toEqual({ size: config.length, blob_id: etag("x", config) });
  const everything = await readdir(at.repo, { recursive: true });
  expect(everything.filter((name) => /incomplete|aside/.test(name))).toEqual([]);
  // Two files of the same bytes share a blob.
  expect(await readdir(join(at.repo, "blobs"))).toHaveLength(4);
});

test("what is in the cache is not asked for again, also when a branch named it", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  const folder = await fetchAll({ env: at.env(hub) });
  const before = hub.asked.length;
  expect(await fetchAll({ env: at.env(hub) })).toBe(folder);
  expect(hub.asked).toHaveLength(before);
  expect(await fetchAll({ env: at.env(undefined, { HF_HUB_OFFLINE: "1" }) })).toBe(folder);
});

test("a snapshot of an older client, without a listing, is completed", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  await fetchAll({ env: at.env(hub) });
  await rm(join(at.repo, "trees"), { recursive: true });
  await rm(join(at.repo, "blobs", etag("model.safetensors", weights)));
  const before = hub.sent;
  await fetchAll({ env: at.env(hub) });
  expect(hub.sent - before).toBe(weights.length);
});

test("where nobody answers, the snapshot that is there is the model", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  const folder = await fetchAll({ env: at.env(hub) });
  await rm(join(at.repo, "trees"), { recursive: true });
  await rm(join(folder, "README.md"));
  const found = await hubSource({ env: at.env(), attempts: 2 }).find("birds/lark", call());
  expect(found.files).not.toContain("README.md");
  expect(await found.fetch(found.files, call())).toBe(folder);
});

test("a checkpoint's name stands for its repository, its revision and its patterns", async () => {
  await using hub = await standIn({ files, revisions: ["a1b2"] });
  await using at = await home();
  const include = ["*.json", "model.safetensors"];
  const lark = { name: "lark-v1", repo: "birds/lark", revision: "a1b2", include };
  const source = hubSource({ env: at.env(hub), checkpoints: [lark] });
  const found = await source.find("Lark-V1", call());
  expect(found.files).toEqual(["config.json", "model.safetensors", "onnx/config.json"]);
  await found.fetch(["model.safetensors"], call());
  expect(await readdir(join(at.repo, "refs"))).toEqual(["a1b2"]);
});

test("a path that is there wins over a name, and one below a folder that is there is no name", async () => {
  await using at = await home();
  const birds = join(at.path, "birds");
  await mkdir(join(birds, "lark"), { recursive: true });
  await writeFile(join(birds, "lark", "config.json"), "{}");
  const source = hubSource({ env: at.env() });
  expect((await source.find(join(birds, "lark"), call())).files).toEqual(["config.json"]);
  const here = process.cwd();
  process.chdir(at.path);
  try {
    expect((await source.find("birds/lark", call())).files).toEqual(["config.json"]);
    await expect(source.find("birds/wren", call())).rejects.toThrow(/There is no folder/);
  } finally {
    process.chdir(here);
  }
});

test("offline, a name that is not in the cache says so, with the file system's error as its cause", async () => {
  await using at = await home();
  const source = hubSource({ env: at.env(undefined, { HF_HUB_OFFLINE: "1" }) });
  await expect(source.find("birds/lark", call())).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(/birds\/lark at main is not in the cache .*HF_HUB_OFFLINE/),
    cause: { code: "ENOENT" },
  });
});

test("progress counts the bytes of the files that were missing", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  const found = await hubSource({ env: at.env(hub) }).find("birds/lark", call());
  const events: LoadProgress[] = [];
  const listening = call({ onEvent: (event: LoadProgress) => void events.push(event) });
  await found.fetch(["config.json", "model.safetensors", "pytorch_model.bin"], listening);
  expect(events.at(-1)).toMatchObject({ what: "birds/lark", done: 500_000, total: 500_000 });
  expect(events.every(({ done }, i) => i === 0 || done >= events[i - 1]!.done)).toBe(true);
});

test("each file that comes over the network is traced, with its bytes", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  const seen: unknown[] = [];
  const ended = (event: unknown) => seen.push(event);
  tracing.hubDownload.asyncEnd.subscribe(ended);
  try {
    const found = await hubSource({ env: at.env(hub) }).find("birds/lark", call());
    await found.fetch(["config.json", "model.safetensors"], call());
    await found.fetch(["config.json", "model.safetensors"], call());
  } finally {
    tracing.hubDownload.asyncEnd.unsubscribe(ended);
  }
  expect(seen).toMatchObject([
    { repo: "birds/lark", file: "config.json", bytes: config.length },
    { repo: "birds/lark", file: "model.safetensors", bytes: weights.length },
  ]);
});

test("progress tells which file moved, with its own bytes", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  const found = await hubSource({ env: at.env(hub) }).find("birds/lark", call());
  const events: LoadProgress[] = [];
  const listening = call({ onEvent: (event: LoadProgress) => void events.push(event) });
  await found.fetch(["model.safetensors", "pytorch_model.bin"], listening);
  const last = new Map(events.map(({ file }) => [file?.name, file]));
  expect([...last.values()].toSorted((a, b) => b!.total - a!.total)).toEqual([
    { name: "model.safetensors", done: 300_000, total: 300_000 },
    { name: "pytorch_model.bin", done: 200_000, total: 200_000 },
  ]);
});

test("missing counts what fetch would download: a blob once, without the bytes of an incomplete file", async () => {
  const twin = { ...files, "onnx/model.safetensors": weights };
  await using hub = await standIn({ files: twin });
  await using at = await home();
  const found = await hubSource({ env: at.env(hub) }).find("birds/lark", call());
  const wanted = ["config.json", "model.safetensors", "onnx/model.safetensors"];
  expect(await found.missing!(wanted)).toBe(300_000);
  const blob = join(at.repo, "blobs", etag("model.safetensors", weights));
  await writeFile(`${blob}.0a1b2c3d.incomplete`, weights.subarray(0, 100_000));
  await utimes(`${blob}.0a1b2c3d.incomplete`, 0, 0);
  expect(await found.missing!(wanted)).toBe(200_000);
  const before = hub.sent;
  await found.fetch(wanted, call());
  expect(hub.sent - before).toBe(200_000);
  expect(await found.missing!(wanted)).toBe(0);
});

test.each([
  [{ path: "../../../../evil" }],
  [{ path: "/etc/evil" }],
  [{ path: "a\\..\\evil" }],
  [{ path: "a//evil" }],
  [{ oid: "../../evil" }],
  [{ size: -1 }],
])("a listing with %j is refused, and nothing is written", async (changes) => {
  await using hub = await standIn({
    files,
    listed: (entry) => ({ ...entry, lfs: undefined, ...changes }),
  });
  await using at = await home();
  await expect(fetchAll({ env: at.env(hub) })).rejects.toThrow(
    /lists a file that cannot be stored/,
  );
  expect(await readdir(at.path)).toEqual([]);
});

test("a model that has no room on the disk is refused before a byte of it comes", async () => {
  const listed = (entry: Record<string, unknown>) =>
    entry["path"] === "model.safetensors"
      ? { ...entry, lfs: { oid: etag("model.safetensors", weights), size: 1e15, pointerSize: 134 } }
      : entry;
  await using hub = await standIn({ files, listed });
  await using at = await home();
  await expect(fetchAll({ env: at.env(hub) })).rejects.toThrow(
    /^birds\/lark needs 1000 TB in .*models--birds--lark, whose disk has .* free\. Make room there/,
  );
  expect(hub.fetched.map(({ path }) => path)).not.toContain(
    `/birds/lark/resolve/${commit}/model.safetensors`,
  );
});
