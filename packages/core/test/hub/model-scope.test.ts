import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import {
  cachedModels,
  hubOrigin,
  hubSource,
  lockText,
  parseLock,
  removeCached,
} from "../../src/hub/index.ts";
import type { ModelsLock } from "../../src/hub/index.ts";
import { call } from "../fixtures.ts";
import { fetchAll } from "./fetched.ts";
import { modelScopeHome } from "./model-scope-home.ts";
import { modelScopeStandIn } from "./model-scope-stand-in.ts";
import { bytes, sha256 } from "./stand-in.ts";

const weights = bytes(300_000);
const config = Buffer.from('{"kind": "lark"}');
const name = "model.safetensors";
const files = {
  "config.json": config,
  [name]: weights,
  "onnx/config.json": '{"kind": "onnx"}',
  "README.md": "# Lark",
  ".gitattributes": "*",
};
const ofWeights = ({ path }: { path: string }) => path.endsWith(name);

test("find lists a repository and brings its JSON files alone; fetch brings what is chosen", async () => {
  await using hub = await modelScopeStandIn({ files });
  await using at = await modelScopeHome();
  const found = await hubSource(at.options(hub)).find("birds/lark", call());
  expect(found.names).toEqual(["birds/lark"]);
  expect(found.files).toEqual(["README.md", "config.json", name, "onnx/config.json"]);
  expect(found.size(name)).toBe(300_000);
  expect(found.json("config.json")).toEqual({ kind: "lark" });
  expect(hub.sent).toBe(2 * config.length);
  const folder = await found.fetch(["config.json", name], call());
  expect(hub.sent).toBe(2 * config.length + weights.length);
  expect((await readFile(join(folder, name))).equals(weights)).toBe(true);
  // One listing, and three files.
  expect(hub.asked).toHaveLength(4);
});

test("its files lie beside those of Python's client, by their hashes", async () => {
  await using hub = await modelScopeStandIn({ files });
  await using at = await modelScopeHome();
  const folder = await fetchAll(at.options(hub));
  expect(await readdir(at.path)).toEqual(["kindred"]);
  expect(await readdir(join(at.repo, "blobs"))).toContain(sha256(weights));
  const commit = await readFile(join(at.repo, "refs", "master"), "utf8");
  expect(folder).toBe(join(at.repo, "snapshots", commit));
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
});

test("what is in the cache is not asked for again, online and offline", async () => {
  await using hub = await modelScopeStandIn({ files });
  await using at = await modelScopeHome();
  const folder = await fetchAll(at.options(hub));
  const before = hub.asked.length;
  expect(await fetchAll(at.options(hub))).toBe(folder);
  expect(hub.asked).toHaveLength(before);
  expect(await fetchAll(at.options(undefined, { MODELSCOPE_OFFLINE: "1" }))).toBe(folder);
});

test("a connection that is cut goes on from where it was, and a small file begins anew", async () => {
  await using hub = await modelScopeStandIn({
    files,
    fault: ({ path }, nth) =>
      /README|safetensors/.test(path) && nth <= 2
        ? { cut: path.endsWith(name) ? 100_000 : 3 }
        : undefined,
  });
  await using at = await modelScopeHome();
  const folder = await fetchAll(at.options(hub));
  expect((await readFile(join(folder, name))).equals(weights)).toBe(true);
  expect(await readFile(join(folder, "README.md"), "utf8")).toBe("# Lark");
  const asked = hub.fetched.filter(ofWeights);
  expect(asked).toHaveLength(3);
  expect(asked[2]!.from).toBeGreaterThan(100_000);
});

test("bytes of the wrong hash are never served, and the branch is told as one that may have moved", async () => {
  await using hub = await modelScopeStandIn({
    files,
    fault: (asked) => (ofWeights(asked) ? { content: bytes(300_000, 9) } : undefined),
  });
  await using at = await modelScopeHome();
  await expect(fetchAll(at.options(hub))).rejects.toThrow(
    /^model\.safetensors of birds\/lark at master came with the right 300000 bytes and the wrong hash: .* master may have moved since it was listed/,
  );
  expect(await readdir(join(at.repo, "blobs"))).not.toContain(sha256(weights));
  expect(await readdir(at.repo)).not.toContain("refs");
});

const unhashed = (entry: Record<string, unknown>) =>
  entry["Path"] === name ? { ...entry, Sha256: "" } : entry;

test("of a file without a hash the size counts", async () => {
  await using hub = await modelScopeStandIn({ files, listed: unhashed });
  await using at = await modelScopeHome();
  const folder = await fetchAll(at.options(hub));
  expect((await readFile(join(folder, name))).equals(weights)).toBe(true);
  // Asked once more after the file had come.
  expect(hub.asked.filter(({ path }) => path.endsWith("/files"))).toHaveLength(2);
  const before = hub.asked.length;
  expect(await fetchAll(at.options(hub))).toBe(folder);
  expect(hub.asked).toHaveLength(before);
  await using longer = await modelScopeStandIn({
    files,
    listed: unhashed,
    fault: (asked) => (ofWeights(asked) ? { content: bytes(300_001) } : undefined),
  });
  await using other = await modelScopeHome();
  await expect(fetchAll({ ...other.options(longer), attempts: 2 })).rejects.toThrow(
    /more than its 300000 bytes came/,
  );
});

test("a file without a hash that came while the branch moved is not kept", async () => {
  await using hub = await modelScopeStandIn({
    files,
    listed: (entry, count) => ({ ...unhashed(entry), Revision: String(count).padStart(40, "0") }),
  });
  await using at = await modelScopeHome();
  await expect(fetchAll(at.options(hub))).rejects.toThrow(
    /^birds\/lark at master has changed since it was listed/,
  );
  expect((await readdir(join(at.repo, "blobs"))).length).toBe(3);
});

test("refresh asks what a branch is by now; without it, the branch stays", async () => {
  const changed = { ...files, "config.json": '{"kind": "wren"}' };
  await using hub = await modelScopeStandIn({ files });
  await using later = await modelScopeStandIn({ files: changed });
  await using at = await modelScopeHome();
  const folder = await fetchAll(at.options(hub));
  expect(await fetchAll(at.options(later))).toBe(folder);
  const fresh = await fetchAll({ ...at.options(later), refresh: true });
  expect(await readFile(join(fresh, "config.json"), "utf8")).toBe('{"kind": "wren"}');
  // The weights are the same, and lie there.
  expect(later.fetched.some(ofWeights)).toBe(false);
  expect(await fetchAll(at.options())).toBe(fresh);
});

test("a tag and a commit are asked for by their names", async () => {
  const commit = "e45fcc158894f18a7a8cfa3caf8b3dd1a2b26dc9";
  await using hub = await modelScopeStandIn({ files, revisions: ["v0.0.1", commit] });
  await using at = await modelScopeHome();
  await fetchAll(at.options(hub), "birds/lark@v0.0.1");
  expect(await readdir(join(at.repo, "refs"))).toEqual(["v0.0.1"]);
  const folder = await fetchAll(at.options(hub), `birds/lark@${commit}`);
  expect(folder).toBe(join(at.repo, "snapshots", commit));
});

test("a repository of more files than one listing tells is listed by its folders", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [`part${i % 3}/${i}.json`, `${i}`]),
  );
  const all = { "config.json": config, ...many };
  const rows: Record<string, string> = Object.fromEntries(
    Array.from({ length: 2999 }, (_, i) => [`rows/${i}.txt`, "row"]),
  );
  await using hub = await modelScopeStandIn({ files: { ...all, ...rows } });
  await using at = await modelScopeHome();
  const found = await hubSource(at.options(hub)).find("birds/lark", call());
  expect(found.files).toHaveLength(13 + 2999);
  await using flat = await modelScopeStandIn({
    files: {
      ...all,
      ...Object.fromEntries(Object.keys(rows).map((each) => [`${each}.2`, "row"])),
      ...rows,
    },
  });
  await using other = await modelScopeHome();
  await expect(hubSource(other.options(flat)).find("birds/lark", call())).rejects.toThrow(
    /birds\/lark has more files than ModelScope lists\. Its folder rows has 3000 entries/,
  );
});

test.each([
  [{ Path: "../../evil" }],
  [{ Path: "/etc/evil" }],
  [{ Sha256: "../evil" }],
  [{ Size: -1 }],
])("a listing with %j is refused, and nothing is written", async (changes) => {
  await using hub = await modelScopeStandIn({
    files,
    listed: (entry) => ({ ...entry, ...changes }),
  });
  await using at = await modelScopeHome();
  await expect(fetchAll(at.options(hub))).rejects.toThrow(
    /lists a file that cannot be stored: .* Check MODELSCOPE_ENDPOINT\./,
  );
  expect(await readdir(at.path)).toEqual([]);
});

/** Writes files as Python's client lays them out. */
async function written(folder: string, given: Readonly<Record<string, Buffer | string>>) {
  for (const [path, content] of Object.entries(given)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

test("what Python's client has is linked, not downloaded, and outlives it", async () => {
  const older = (root: string) => join(root, "hub", "models", "birds", "lark");
  for (const place of [
    (root: string) => join(root, "models/birds--lark/snapshots/master"),
    older,
  ]) {
    await using hub = await modelScopeStandIn({ files });
    await using at = await modelScopeHome();
    await written(place(at.path), files);
    const folder = await fetchAll(at.options(hub));
    expect(hub.fetched).toEqual([]);
    expect((await stat(join(folder, name))).ino).toBe((await stat(join(place(at.path), name))).ino);
    await rm(place(at.path), { recursive: true });
    expect((await readFile(join(folder, name))).equals(weights)).toBe(true);
  }
});

test("of what Python's client has in part, or of another state, the rest is downloaded", async () => {
  await using hub = await modelScopeStandIn({ files });
  await using at = await modelScopeHome();
  await written(at.python, { "config.json": config, [name]: bytes(300_000, 9) });
  const folder = await fetchAll(at.options(hub));
  expect((await readFile(join(folder, name))).equals(weights)).toBe(true);
  expect(hub.fetched.map(({ path }) => path).join()).not.toMatch(/repo\/config\.json/);
  expect((await readFile(join(at.python, name))).equals(bytes(300_000, 9))).toBe(true);
});

test("where nobody can be asked, Python's folder is the model, in its place", async () => {
  await using at = await modelScopeHome();
  await written(at.python, { ...files, "README.md": "of Python" });
  for (const more of [{ MODELSCOPE_OFFLINE: "1" }, {}]) {
    const source = hubSource({ ...at.options(undefined, more), attempts: 2 });
    const found = await source.find("birds/lark", call());
    expect(found.names).toEqual(["birds/lark"]);
    expect(await found.fetch(found.files, call())).toBe(at.python);
  }
  const offline = hubSource(at.options(undefined, { MODELSCOPE_OFFLINE: "1" }));
  await expect(offline.find("birds/lark@v2", call())).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(
      /birds\/lark at v2 is not in the cache .*kindred, and MODELSCOPE_OFFLINE forbids/,
    ),
    cause: { code: "ENOENT" },
  });
});

test("missing counts neither what Python's client has fetched, nor links it", async () => {
  await using hub = await modelScopeStandIn({ files });
  await using at = await modelScopeHome();
  const found = await hubSource(at.options(hub)).find("birds/lark", call());
  expect(await found.missing!([name, "README.md"])).toBe(300_000 + 6);
  await mkdir(at.python, { recursive: true });
  await writeFile(join(at.python, name), weights);
  expect(await found.missing!([name, "README.md"])).toBe(6);
  expect(await readdir(join(at.repo, "blobs"))).not.toContain(sha256(weights));
});

test("its cache is listed and removed by the hub's name", async () => {
  await using hub = await modelScopeStandIn({ files });
  await using at = await modelScopeHome();
  await fetchAll(at.options(hub));
  const { env } = at.options();
  const [model, ...others] = await cachedModels(env, "modelscope");
  expect(others).toEqual([]);
  expect(model).toMatchObject({ repo: "birds/lark", revisions: [{ refs: ["master"] }] });
  const removed = await removeCached("birds/lark", "master", env, "modelscope");
  expect(removed!.bytes).toBeGreaterThan(300_000);
  expect(await cachedModels(env, "modelscope")).toEqual([]);
});

test("a lock has the hub, is obeyed whatever hub is asked, and refuses a branch that has moved on", async () => {
  await using hub = await modelScopeStandIn({ files });
  await using at = await modelScopeHome();
  const options = at.options(hub);
  const found = await hubSource(options).find("birds/lark", call());
  const locked = hubOrigin(found)!.locked!([name]);
  expect(locked).toMatchObject({ hub: "modelscope", repo: "birds/lark", revision: "master" });
  const models = new Map([["birds/lark", locked]]);
  const lock = parseLock(lockText({ models }), "models.lock.json");
  expect(lock.models).toEqual(models);
  const { env } = options;
  const folder = await fetchAllLocked(env, lock);
  expect((await readFile(join(folder, name))).equals(weights)).toBe(true);
  expect(await fetchAllLocked({ ...env, MODELSCOPE_OFFLINE: "1" }, lock)).toBe(folder);
  await rm(at.repo, { recursive: true });
  await using moved = await modelScopeStandIn({ files: { ...files, [name]: bytes(300_000, 9) } });
  await expect(fetchAllLocked(at.options(moved).env, lock)).rejects.toThrow(
    /birds\/lark at master has changed since it was listed/,
  );
});

test("a file without a hash is not locked", async () => {
  const listed = (entry: Record<string, unknown>) =>
    entry["Path"] === name ? { ...entry, Sha256: "" } : entry;
  await using hub = await modelScopeStandIn({ files, listed });
  await using at = await modelScopeHome();
  const found = await hubSource(at.options(hub)).find("birds/lark", call());
  expect(() => hubOrigin(found)!.locked!([name])).toThrow(
    "birds/lark cannot be locked: model.safetensors has no hash at ModelScope.",
  );
});

async function fetchAllLocked(env: NodeJS.ProcessEnv, lock: ModelsLock): Promise<string> {
  const found = await hubSource({ env, lock, attempts: 2 }).find("birds/lark", call());
  return found.fetch(["config.json", name], call());
}
