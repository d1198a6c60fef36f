import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { launchOnDemand } from "../../src/registry/launch-on-demand.ts";
import type { LoadPolicy } from "../../src/registry/launch-on-demand.ts";
import { ModelRegistry } from "../../src/registry/registry.ts";
import { emptyFolder, mine, plugin } from "./setup.ts";

const commit = "1".repeat(40);

/** An `onDemand` beside a cache that has one repository's main branch. */
async function setup(policy?: LoadPolicy, cachedRepo = "BAAI/bge-small") {
  const cache = await emptyFolder();
  const repo = join(cache, `models--${cachedRepo.replace("/", "--")}`);
  const snapshot = join(repo, "snapshots", commit);
  await mkdir(snapshot, { recursive: true });
  await mkdir(join(repo, "refs"));
  await writeFile(join(repo, "refs", "main"), commit);
  const registry = await ModelRegistry.open({ plugins: [plugin] });
  await registry.register({ ...mine, options: { pooling: "cls" } });
  const onDemand = launchOnDemand({
    registry,
    env: { HF_HUB_CACHE: cache },
    ...(policy && { policy }),
  });
  return { onDemand, snapshot };
}

test("a registered model is launched under every policy, as it was registered", async () => {
  for (const policy of [undefined, "listed", "cached", "any"] as const) {
    const { onDemand } = await setup(policy);
    expect(await onDemand("mine")).toEqual({
      id: "mine",
      source: "/models/mine",
      options: { pooling: "cls" },
    });
  }
});

test("listed: no other model is", async () => {
  const { onDemand } = await setup();
  for (const id of ["bge-small", "BAAI/bge-small"])
    await expect(onDemand(id)).rejects.toMatchObject({
      code: "MODEL_NOT_FOUND",
      message: expect.stringMatching(/is known, and not launched\. Launch it, .*--load any/),
    });
  expect(await onDemand("someone/else")).toBeUndefined();
});

test("cached: a published model is launched from its folder in the cache, so that nothing is downloaded", async () => {
  const { onDemand, snapshot } = await setup("cached");
  for (const id of ["bge-small", "bge-tiny", "BAAI/bge-small"])
    expect(await onDemand(id)).toEqual({ id: "bge-small", source: snapshot });
  const other = await setup("cached", "someone/else");
  await expect(other.onDemand("bge-small")).rejects.toThrow(/Fetch it by kindred pull/);
  expect(await other.onDemand("someone/else")).toMatchObject({ source: other.snapshot });
});

test("any: every name is launched by its repository and revision", async () => {
  const { onDemand } = await setup("any");
  expect(await onDemand("bge-tiny")).toEqual({ id: "bge-small", source: "BAAI/bge-small@main" });
  expect(await onDemand("a/b@v1")).toEqual({ id: "a/b@v1", source: "a/b@v1" });
});

test.each([
  "packages/core",
  "/etc",
  "..",
  "./x",
  "packages/core/src",
  "~/x",
  "text-embedding-3-small",
  "",
])("any: %s is a path or no name, and is not launched", async (id) => {
  const { onDemand } = await setup("any");
  expect(await onDemand(id)).toBeUndefined();
});
