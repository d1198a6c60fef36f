import { rename, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { ModelFamily } from "../../src/family.ts";
import { createKernel } from "../../src/kernel.ts";
import type { Kernel } from "../../src/kernel.ts";
import type { Launch } from "../../src/launch.ts";
import { graphRuntime, provide } from "../../src/services.ts";
import { identityOf } from "../../src/shared/file-identity.ts";
import type { Task } from "../../src/task.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";
import type { FakeRun } from "../../src/testing/fake-runtime.ts";
import { numbers, source } from "../fixtures.ts";

const length: Task<number, number> = { name: "length" };

let folder: string;
let weights: string;
let loads: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-changed-"));
  weights = join(folder, "model.safetensors");
  loads = 0;
  await writeFile(weights, "12345678");
});

/** Answers with the size that its weights had when it was loaded. It fails to load files of one byte. */
const family: ModelFamily<typeof length> = {
  name: "length",
  task: length,
  match: () => "own",
  async load({ graph }) {
    loads += 1;
    const stats = await stat(weights, { bigint: true });
    if (stats.size === 1n) throw new Error("cut off");
    const head = Buffer.from("12345678").subarray(0, Number(stats.size));
    const file = identityOf(weights, stats, stats.size === 8n ? head : undefined);
    const declared = graph(source("g", 40, { files: [file] }));
    return {
      async run(x, { signal }) {
        const { y } = await declared.run({ x: numbers(x) }, ["y"], signal);
        return Number(y.data[0]) * Number(stats.size);
      },
    };
  },
};

const same: FakeRun = ({ x }) => ({ y: x! });

async function served(launch: Partial<Launch> = {}, run: FakeRun = same) {
  const runtime = fakeRuntime(run);
  const kernel = await createKernel({
    plugins: [{ contract: 1, name: "test", families: [family] }],
    models: [{ id: "m", source: folder, ...launch }],
    provides: [provide(graphRuntime, () => runtime)],
  });
  return { kernel, runtime };
}

async function refused(kernel: Kernel, message: RegExp): Promise<void> {
  await expect(kernel.run(length, "m", 1)).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(message),
  });
  expect(kernel.models()).toMatchObject([
    { id: "m", state: "failed", reason: expect.stringMatching(message) },
  ]);
}

test("weights that changed before a graph was opened are not opened", async () => {
  const { kernel, runtime } = await served();
  await writeFile(weights, "123456789012");
  await refused(
    kernel,
    /^"m" changed on disk, in its graph "[^"]+": model.safetensors has 12 bytes, and had 8. Launch/,
  );
  expect(runtime.log).toEqual([]);
});

test("another file of the same size and time is another file", async () => {
  const { atime, mtime } = await stat(weights);
  const { kernel } = await served();
  await writeFile(join(folder, "new"), "abcdefgh");
  await utimes(join(folder, "new"), atime, mtime);
  await rename(join(folder, "new"), weights);
  await refused(kernel, /another model.safetensors has taken its place/);
});

test("bytes written in place are found by the time, and a header by itself when the time was set back", async () => {
  const { atime, mtime } = await stat(weights);
  await utimes(weights, atime, mtime);
  const { kernel } = await served();
  await writeFile(weights, "abcdefgh");
  await refused(kernel, /model.safetensors was written at 20/);
  await utimes(weights, atime, mtime);
  await kernel.load({ id: "m", source: folder });
  await refused(kernel, /model.safetensors has another header/);
});

test("a change under an open graph is told by the next run, and so is a file that is gone", async () => {
  const { kernel, runtime } = await served();
  expect(await kernel.run(length, "m", 2)).toBe(16);
  await rename(weights, `${weights}.old`);
  await refused(kernel, /model.safetensors cannot be read any more: it is not there/);
  expect(runtime.log).toEqual(["open g", "run g", "run g"]);
});

test("a run that failed since its weights were cut off is told as that", async () => {
  const { kernel } = await served({}, async () => {
    await truncate(weights, 4);
    throw new Error("killed by SIGBUS");
  });
  await refused(kernel, /model.safetensors has 4 bytes, and had 8/);
});

test("a model that is launched again is served from its new files, and the old one is closed", async () => {
  const { kernel, runtime } = await served();
  await kernel.run(length, "m", 1);
  await writeFile(weights, "1234");
  await refused(kernel, /4 bytes/);
  await kernel.load({ id: "m", source: folder });
  expect(await kernel.run(length, "m", 1)).toBe(4);
  expect(runtime.opened.size).toBe(1);
});

test("with onChange: reload the request that finds a change is answered from the new files", async () => {
  const { kernel, runtime } = await served({ onChange: "reload" });
  expect(await kernel.run(length, "m", 1)).toBe(8);
  await writeFile(weights, "1234");
  const answers = [1, 2, 3].map((x) => kernel.run(length, undefined, x));
  expect(await Promise.all(answers)).toEqual([4, 8, 12]);
  expect(loads).toBe(2);
  expect(runtime.opened.size).toBe(1);
  expect(kernel.models()).toMatchObject([{ state: "ready" }]);
});

test("a reload that fails in the middle of a download is tried again by the next request", async () => {
  const { kernel } = await served({ onChange: "reload" });
  await writeFile(weights, "1");
  await expect(kernel.run(length, "m", 1)).rejects.toThrow(/cut off/);
  expect(loads).toBe(2);
  await writeFile(weights, "1234");
  expect(await kernel.run(length, "m", 1)).toBe(4);
});
