import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { pythonWith } from "../../../../test/python.ts";
import { cachedModels, hubSource, removeCached } from "../../src/hub/index.ts";
import { call } from "../fixtures.ts";
import { fetchAll, home } from "./fetched.ts";
import { bytes, commit, standIn } from "./stand-in.ts";

const python = pythonWith("huggingface_hub");
const weights = bytes(300_000);
const files = {
  "config.json": '{"kind": "lark"}',
  "model.safetensors": weights,
  "onnx/model.onnx": bytes(100_000, 2),
};

async function snapshot(env: NodeJS.ProcessEnv, options = ""): Promise<string> {
  const code = `import huggingface_hub as h; print(h.snapshot_download("birds/lark"${options}))`;
  const { stdout } = await promisify(execFile)(python!, ["-c", code], {
    env: { ...process.env, ...env, HF_HUB_DISABLE_PROGRESS_BARS: "1" },
  });
  return stdout.trim();
}

test.skipIf(!python)("Python's client reads what was fetched here, offline", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  const folder = await fetchAll({ env: at.env(hub) });
  expect(await snapshot(at.env(), ", local_files_only=True")).toBe(folder);
  const code = `import huggingface_hub as h
cache = h.scan_cache_dir()
repo, = cache.repos
revision, = repo.revisions
print(len(cache.warnings), repo.repo_id, sorted(repo.refs), revision.commit_hash, len(revision.files), repo.size_on_disk)
print(open(h.hf_hub_download("birds/lark", "config.json", local_files_only=True)).read())`;
  const { stdout } = await promisify(execFile)(python!, ["-c", code], {
    env: { ...process.env, ...at.env() },
  });
  expect(stdout.split("\n")).toEqual([
    `0 birds/lark ['main'] ${commit} 3 ${16 + 300_000 + 100_000}`,
    '{"kind": "lark"}',
    "",
  ]);
});

test.skipIf(!python)("what Python's client fetched is read here, offline", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  const folder = await snapshot(at.env(hub));
  const before = hub.sent;
  const offline = at.env(undefined, { HF_HUB_OFFLINE: "1" });
  expect(await fetchAll({ env: offline })).toBe(folder);
  expect(await fetchAll({ env: at.env(hub) })).toBe(folder);
  expect(hub.sent).toBe(before);
  expect((await readFile(join(folder, "model.safetensors"))).equals(weights)).toBe(true);
  const found = await hubSource({ env: offline }).find(`birds/lark@${commit}`, call());
  expect(found.json("config.json")).toEqual({ kind: "lark" });
});

test.skipIf(!python)(
  "the list of a cache that Python's client filled is Python's, and removing empties it",
  async () => {
    await using hub = await standIn({ files, revisions: ["v1"] });
    await using at = await home();
    await snapshot(at.env(hub));
    await snapshot(at.env(hub), ', revision="v1", allow_patterns="*.json"');
    const code = `import huggingface_hub as h, json
repo, = h.scan_cache_dir().repos
print(json.dumps([repo.repo_id, repo.size_on_disk, [[r.commit_hash, sorted(r.refs), len(r.files)] for r in repo.revisions]]))`;
    const env = { ...process.env, ...at.env() };
    const { stdout } = await promisify(execFile)(python!, ["-c", code], { env });
    const [model] = await cachedModels(at.env());
    const revisions = model!.revisions.map((each) => [each.commit, each.refs, each.files.length]);
    expect([model!.repo, model!.bytes, revisions]).toEqual(JSON.parse(stdout));
    await removeCached("birds/lark", undefined, at.env());
    expect(await cachedModels(at.env())).toEqual([]);
  },
);
