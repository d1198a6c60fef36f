import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { echoServer } from "./echo-server.ts";
import type { EchoServerOptions } from "./echo-server.ts";

const commit = "1".repeat(40);
const checkpoints = [{ name: "sparrow", repo: "birds/sparrow", revision: commit }];

/** A server beside a cache of two repositories, of 10 and 20 bytes. */
async function setup(options: EchoServerOptions = {}) {
  const cache = await mkdtemp(join(tmpdir(), "kindred-cache-"));
  const snapshots = [["sparrow", 10] as const, ["owl", 20] as const].map(async ([name, bytes]) => {
    const snapshot = join(cache, `models--birds--${name}`, "snapshots", commit);
    await mkdir(snapshot, { recursive: true });
    await writeFile(join(snapshot, "model.safetensors"), Buffer.alloc(bytes));
    return snapshot;
  });
  const [sparrow] = await Promise.all(snapshots);
  const env = { HF_HUB_CACHE: cache };
  const server = await echoServer({ checkpoints, ...options, lifecycle: { env } as never });
  return { server, cache, sparrow: sparrow! };
}

test("the cache is listed by names, whole or of one name", async () => {
  const { server, cache } = await setup();
  await using _ = server;
  const { list } = (await server.ask("GET", "/v1/cache/models")).body;
  expect(list).toMatchObject([
    { model_name: "birds/owl", bytes: 20, is_whole: true },
    {
      model_name: "sparrow",
      model_version: "birds/sparrow",
      model_type: "echo",
      bytes: 10,
      path: join(cache, "models--birds--sparrow"),
      revisions: [{ commit, refs: [] }],
    },
  ]);
  const one = await server.ask("GET", "/v1/cache/models?model_name=sparrow");
  expect(one.body.list).toMatchObject([{ model_name: "sparrow" }]);
});

test("a model is removed from the cache, by its name or its repository", async () => {
  const { server, cache } = await setup();
  await using _ = server;
  const files = await server.ask("GET", "/v1/cache/models/files?model_version=sparrow");
  expect(files.body.paths).toEqual([join(cache, "models--birds--sparrow")]);
  const removed = await server.ask("DELETE", "/v1/cache/models?model_version=sparrow");
  expect(removed.body).toEqual({ result: true, bytes: 10 });
  expect(await readdir(cache)).toEqual(["models--birds--owl"]);
  const again = await server.ask("DELETE", "/v1/cache/models?model_version=sparrow");
  expect(again).toMatchObject({ status: 404, body: { error: { param: "model_version" } } });
  expect((await server.ask("DELETE", "/v1/cache/models")).status).toBe(400);
});

test("a model that is launched from the cache stays there", async () => {
  const { server, cache, sparrow } = await setup();
  await using _ = server;
  await server.kernel.load({ id: "mine", source: sparrow });
  const refused = await server.ask("DELETE", "/v1/cache/models?model_version=birds/sparrow");
  expect(refused.status).toBe(400);
  expect(refused.body.detail).toContain('"mine"');
  expect(await readdir(cache)).toHaveLength(2);
});

test("the cache is shown to who may launch models alone", async () => {
  const { server } = await setup();
  await using _ = server;
  const proxied = { "x-forwarded-for": "1.2.3.4" };
  for (const [method, path] of [
    ["GET", "/v1/cache/models"],
    ["GET", "/v1/cache/models/files?model_version=sparrow"],
    ["DELETE", "/v1/cache/models?model_version=sparrow"],
  ] as const)
    expect((await server.ask(method, path, undefined, proxied)).status).toBe(403);
});

test("a model is removed although another is launched whose folder's name begins with its own", async () => {
  const { server, cache } = await setup();
  await using _ = server;
  const longer = join(cache, "models--birds--sparrow-v1.5", "snapshots", commit);
  await mkdir(longer, { recursive: true });
  await server.kernel.load({ id: "mine", source: longer });
  const removed = await server.ask("DELETE", "/v1/cache/models?model_version=sparrow");
  expect(removed.body).toEqual({ result: true, bytes: 10 });
});

test("a model that a launched one is made with stays in the cache, and its path is told to nobody", async () => {
  const { server, sparrow } = await setup();
  await using _ = server;
  const { ask, kernel, folder } = server;
  await kernel.load({ id: "mine", source: folder, options: { nest: sparrow } });
  const refused = await ask("DELETE", "/v1/cache/models?model_version=sparrow");
  expect(refused).toMatchObject({ status: 400, body: { error: { param: "model_version" } } });
  expect(refused.body.detail).toContain('"mine"');
  expect((await ask("GET", "/v1/models/mine")).body).not.toHaveProperty("attached");
  await ask("DELETE", "/v1/models/mine");
  const removed = await ask("DELETE", "/v1/cache/models?model_version=sparrow");
  expect(removed.body).toEqual({ result: true, bytes: 10 });
});
