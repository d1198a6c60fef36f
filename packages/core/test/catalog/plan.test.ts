import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ModelFamily } from "../../src/family.ts";
import { createKernel } from "../../src/kernel.ts";
import type { ModelSource } from "../../src/model-source.ts";
import { deviceAllocator, modelSource, provide } from "../../src/services.ts";
import { folderSource } from "../../src/sources/folder-source.ts";
import { budgetAllocator } from "../../src/devices/budget-allocator.ts";

const family: ModelFamily = {
  name: "reader",
  task: { name: "read" },
  match: () => "own",
  files: ({ files }) => files.filter((file) => file.endsWith(".safetensors")),
  load: () => Promise.reject(new Error("never loaded")),
};

/** A kernel of so much memory, and a folder of 100 bytes of weights beside another file. */
async function setup(memory: number, missing?: number) {
  const folder = await mkdtemp(join(tmpdir(), "kindred-plan-"));
  await writeFile(join(folder, "model.safetensors"), Buffer.alloc(100));
  await writeFile(join(folder, "notes.txt"), "notes");
  const fetched: string[] = [];
  const remote: ModelSource = {
    async find(path, call) {
      const found = await folderSource.find(path, call);
      return {
        ...found,
        ...(missing !== undefined && { missing: async () => missing }),
        fetch: async (files) => (fetched.push(...files), folder),
      };
    },
  };
  const kernel = await createKernel({
    plugins: [{ contract: 1, name: "test", families: [family] }],
    provides: [
      provide(modelSource, () => remote),
      provide(deviceAllocator, () => budgetAllocator({ memory, threads: 1 })),
    ],
  });
  return { kernel, launch: { id: "m", source: folder }, fetched };
}

test("a plan says which files, how much of them is missing, and where they would be placed", async () => {
  const { kernel, launch, fetched } = await setup(1000, 60);
  await using k = kernel;
  expect(await k.plan(launch)).toEqual({
    id: "m",
    family: "reader",
    task: "read",
    files: [{ path: "model.safetensors", bytes: 100 }],
    bytes: 100,
    missing: 60,
    leastBytes: 100,
    device: "cpu",
  });
  expect(fetched).toEqual([]);
  expect(k.models()).toEqual([]);
});

test("nothing of a folder is missing", async () => {
  const { kernel, launch } = await setup(1000);
  await using k = kernel;
  expect(await k.plan(launch)).toMatchObject({ missing: 0 });
});

test("a model that fits nowhere has the reason in the place of a device", async () => {
  const { kernel, launch } = await setup(99);
  await using k = kernel;
  const plan = await k.plan(launch);
  expect(plan.reason).toMatch(/100 bytes/);
  expect(plan).not.toHaveProperty("device");
});

test("a plan of what is no launch, or of no model, rejects as its launch does", async () => {
  const { kernel } = await setup(1000);
  await using k = kernel;
  await expect(k.plan({ id: "", source: "x" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(k.plan({ id: "x", source: "/nowhere" })).rejects.toMatchObject({
    code: "LOAD_FAILED",
  });
});
