import { mkdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hubOrigin, hubSource, lockText, parseLock } from "../../src/hub/index.ts";
import type { LockedModel, ModelsLock } from "../../src/hub/index.ts";
import { call } from "../fixtures.ts";
import { home } from "./fetched.ts";
import { bytes, commit, gitSha1, sha256, standIn } from "./stand-in.ts";

const weights = bytes(300_000);
const config = Buffer.from('{"kind": "lark"}');
const files = {
  "config.json": config,
  "model.safetensors": weights,
  "onnx/model.onnx": bytes(200_000, 2),
  "README.md": "# Lark",
};
const chosen = ["config.json", "model.safetensors"];
const newer = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/** What a lock has of the stand-in's `chosen` files. */
const lark: LockedModel = {
  repo: "birds/lark",
  revision: "main",
  commit,
  files: new Map<string, object>([
    ["config.json", { size: config.length, blob: gitSha1(config) }],
    ["model.safetensors", { size: weights.length, sha256: sha256(weights) }],
  ]) as LockedModel["files"],
};

function lockOf(model: Partial<LockedModel> = {}, name = "birds/lark"): ModelsLock {
  return { file: "models.lock.json", models: new Map([[name, { ...lark, ...model }]]) };
}

/** Finds a locked model and fetches files of it. */
async function fetchLocked(
  env: NodeJS.ProcessEnv,
  { lock = lockOf(), verify = false, source = "birds/lark", wanted = chosen } = {},
): Promise<string> {
  const found = await hubSource({ env, lock, verify, attempts: 2 }).find(source, call());
  return found.fetch(wanted, call());
}

test("what was found and fetched is locked with its sizes and hashes, by a text that is the same each time", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  const found = await hubSource({ env: at.env(hub) }).find("birds/lark", call());
  const locked = hubOrigin(found)!.locked!(["model.safetensors"]);
  expect(locked).toEqual(lark);
  const models = new Map([
    ["zoo", locked],
    ["birds/lark", { ...locked, files: new Map([...locked.files].toReversed()) }],
  ]);
  const text = lockText({ models });
  expect(text).toBe(lockText({ models: new Map([...models].toReversed()) }));
  expect(Object.keys(JSON.parse(text).models)).toEqual(["birds/lark", "zoo"]);
  expect(text).toMatch(
    /^\{\n {2}"version": 1,\n {2}"models": \{\n {4}"birds\/lark": \{\n[^]*\}\n$/,
  );
  expect(text).toContain(
    `      "commit": "${commit}",\n      "files": {\n        "config.json": {\n`,
  );
  const read = parseLock(text, "x");
  expect(read).toEqual({ file: "x", models });
});

test("a locked name is served from its commit, although its branch has moved on", async () => {
  await using at = await home();
  await using old = await standIn({ files });
  await fetchLocked(at.env(old));
  await using young = await standIn({ files: { ...files, "config.json": "{}" }, at: newer });
  const unlocked = await hubSource({ env: at.env(young), refresh: true }).find(
    "birds/lark",
    call(),
  );
  await unlocked.fetch(chosen, call());
  const folder = await fetchLocked(at.env(young));
  expect(folder).toMatch(new RegExp(`${commit}$`));
  expect(await readFile(join(folder, "config.json"), "utf8")).toBe(config.toString());
  // The branch that others ask for stays where they left it.
  expect(await readFile(join(at.repo, "refs/main"), "utf8")).toBe(newer);
});

test("a locked model is downloaded from a commit that no branch has any more", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  await fetchLocked(at.env(hub));
  expect(hub.asked.map(({ path }) => path).join()).not.toContain("/revision/");
});

test.each([
  [
    "sha256",
    { "model.safetensors": bytes(300_000, 9) },
    /model\.safetensors has the hash [0-9a-f]{64}, not [0-9a-f]{64}/,
  ],
  [
    "blob",
    { "config.json": '{"kind": "wren"}' },
    /config\.json has the hash [0-9a-f]{40}, not [0-9a-f]{40}/,
  ],
  [
    "size",
    { "model.safetensors": bytes(299_999) },
    /model\.safetensors has 299999 bytes, not 300000/,
  ],
])(
  "a listing with another %s at the same commit is refused, and nothing is downloaded",
  async (_, changed, message) => {
    await using hub = await standIn({ files: { ...files, ...changed } });
    await using at = await home();
    await expect(fetchLocked(at.env(hub))).rejects.toMatchObject({ code: "LOAD_FAILED", message });
    await expect(fetchLocked(at.env(hub))).rejects.toThrow(
      /^birds\/lark at 5c38ec7 is listed in another way than models\.lock\.json has it: .* by: kindred pull --lock birds\/lark$/,
    );
    expect(hub.fetched).toEqual([]);
  },
);

test("a file that the listing no longer has is refused", async () => {
  await using hub = await standIn({ files: { "config.json": config } });
  await using at = await home();
  await expect(fetchLocked(at.env(hub))).rejects.toThrow(/model\.safetensors is not there\./);
});

test("bytes with another hash than the lock's are refused by downloading", async () => {
  const content = bytes(300_000, 9);
  await using hub = await standIn({
    files,
    fault: ({ path }) => (path.endsWith("model.safetensors") ? { content } : undefined),
  });
  await using at = await home();
  await expect(fetchLocked(at.env(hub))).rejects.toThrow(/the wrong hash/);
});

test("a file that a family needs beyond the lock is refused with what to do, a JSON file too", async () => {
  await using hub = await standIn({ files: { ...files, "onnx/config.json": "{}" } });
  await using at = await home();
  const needing = fetchLocked(at.env(hub), { wanted: [...chosen, "onnx/model.onnx"] });
  await expect(needing).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message:
      "birds/lark at 5c38ec7 needs onnx/model.onnx, which models.lock.json does not have. If that is meant, lock it anew by: kindred pull --lock birds/lark",
  });
  expect(hub.fetched.map(({ path }) => path).join()).not.toMatch(/onnx/);
  const found = await hubSource({ env: at.env(hub), lock: lockOf() }).find("birds/lark", call());
  expect(found.json("config.json")).toEqual({ kind: "lark" });
  expect(() => found.json("onnx/config.json")).toThrow(/needs onnx\/config\.json, which/);
});

test("a name that is not in the lock is refused with what is near; a folder is not held to it", async () => {
  await using at = await home();
  const asked = fetchLocked(at.env(), { source: "birds/larks" });
  await expect(asked).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message:
      '"birds/larks" is not in models.lock.json. Did you mean "birds/lark"? Lock it by: kindred pull --lock birds/larks. One that another model\'s options name is locked with that model.',
  });
  // As typed: the same repository by another name is another one.
  await expect(fetchLocked(at.env(), { source: "birds/lark@main" })).rejects.toThrow(/is not in/);
  const folder = join(at.path, "folder");
  await mkdir(folder);
  await writeFile(join(folder, "config.json"), "{}");
  expect(await fetchLocked(at.env(), { source: folder })).toBe(await realpath(folder));
});

test("a locked name wins over a path of that name", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  const path = join(at.path, "folder");
  await mkdir(path);
  await fetchLocked(at.env(hub), { source: path, lock: lockOf({}, path) });
  expect(hub.fetched).toHaveLength(2);
});

test("offline, what is cached is held to the lock, with and without a listing", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  const folder = await fetchLocked(at.env(hub));
  const offline = at.env(undefined, { HF_HUB_OFFLINE: "1" });
  expect(await fetchLocked(offline)).toBe(folder);
  await rm(join(at.repo, "trees"), { recursive: true });
  expect(await fetchLocked(offline)).toBe(folder);
  expect(await fetchLocked(at.env())).toBe(folder);
  const other = new Map([
    ...lark.files,
    ["model.safetensors", { size: 300_000, sha256: "0".repeat(64) }],
  ]);
  const lock = lockOf({ files: other as LockedModel["files"] });
  await expect(fetchLocked(offline, { lock })).rejects.toThrow(
    /is not the file of models\.lock\.json/,
  );
  await rm(join(folder, "model.safetensors"));
  await rm(join(at.repo, "blobs", sha256(weights)));
  await expect(fetchLocked(offline)).rejects.toThrow(
    /birds\/lark at 5c38ec7c405ec4b44b94cc5a9bb96e735b38267a is not in the cache .*HF_HUB_OFFLINE/,
  );
});

test("a file of the cache that is no link to its blob is hashed; a blob is, when asked to", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  const folder = await fetchLocked(at.env(hub));
  const altered = Buffer.from('{"kind": "wren"}');
  await rm(join(folder, "config.json"));
  await writeFile(join(folder, "config.json"), config);
  expect(await fetchLocked(at.env(hub))).toBe(folder);
  await writeFile(join(folder, "config.json"), altered);
  await expect(fetchLocked(at.env(hub))).rejects.toThrow(
    /^config\.json of birds\/lark in the cache is not the file of models\.lock\.json: it has the hash .* Fetch it anew by: kindred remove birds\/lark; kindred pull --locked birds\/lark$/,
  );
  await writeFile(join(folder, "config.json"), config);
  await writeFile(join(at.repo, "blobs", sha256(weights)), bytes(300_000, 9));
  await fetchLocked(at.env(hub));
  await expect(fetchLocked(at.env(hub), { verify: true })).rejects.toThrow(
    /^model\.safetensors of birds\/lark in the cache is not the file/,
  );
});

const sound = JSON.parse(lockText(lockOf()));
const changed = (change: object): string =>
  JSON.stringify({ version: 1, models: { lark: { ...sound.models["birds/lark"], ...change } } });
const file = { size: 1, sha256: "0".repeat(64) };

test.each([
  [
    "{",
    /^l\.json cannot be used: it is not JSON \(.*\)\. Take it from where it is sound, or remove it and make it anew by: kindred pull --lock NAME$/,
  ],
  ["[]", /: it is not an object of JSON\./],
  ["{}", /: its version is absent, and this Kindred reads version 1\./],
  ['{"version": 2, "models": {}}', /: its version is 2, and this Kindred reads version 1\./],
  ['{"version": 1}', /: it has no "models"\./],
  ['{"version": 1, "models": {"lark": 7}}', /: "lark" is 7\./],
  [
    changed({ repo: "../lark" }),
    /: "lark" has the repository "\.\.\/lark", which is not OWNER\/NAME\./,
  ],
  [changed({ repo: undefined }), /: "lark" has the repository absent, /],
  [changed({ revision: "../x" }), /: "lark" has the revision "\.\.\/x", which is no branch/],
  [changed({ commit: "main" }), /: "lark" has the commit "main", which is not 40 hex/],
  [changed({ files: undefined }), /: "lark" has no "files"\./],
  [
    changed({ files: { "../../evil": file } }),
    /: "lark" has a file that cannot be stored: "\.\.\/\.\.\/evil"/,
  ],
  [changed({ files: { "/etc/evil": file } }), /cannot be stored: "\/etc\/evil"/],
  [changed({ files: { "a\\..\\evil": file } }), /cannot be stored/],
  [changed({ files: { a: { size: -1, sha256: file.sha256 } } }), /cannot be stored: "a"/],
  [changed({ files: { a: { size: 1, sha256: "../x" } } }), /cannot be stored: "a"/],
  [changed({ files: { a: { size: 1, blob: "X".repeat(40) } } }), /cannot be stored: "a"/],
  [changed({ files: { a: { size: 1 } } }), /cannot be stored: "a"/],
  [changed({ files: { a: { ...file, blob: "0".repeat(40) } } }), /cannot be stored: "a"/],
  [changed({ files: { a: null } }), /cannot be stored: "a", null/],
])("a lock of flaw %# is refused by its name", (text, message) => {
  expect(() => parseLock(text, "l.json")).toThrow(message);
});

test("a lock of lists too deep to be told is refused as any other", () => {
  const deep = "[".repeat(50_000) + "]".repeat(50_000);
  const text = `{"version": 1, "models": {"lark": ${deep}}}`;
  expect(() => parseLock(text, "models.lock.json")).toThrow(/"lark" is a list/);
});
