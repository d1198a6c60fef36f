import { mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { checkWritable } from "../../src/files/check-writable.ts";
import { FileStore } from "../../src/files/file-store.ts";
import { listen, standIn } from "../stand-in.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "kindred-files-"));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(directory, { recursive: true, force: true });
});

const bytes = new TextEncoder().encode("0123456789");

test("nothing is made on disk before there is a file to keep", async () => {
  const path = join(directory, "data/files");
  using store = await FileStore.open(path);
  expect(await readdir(directory)).toEqual([]);
  const name = await store.keep(bytes, "image/png");
  expect(await readdir(path)).toEqual([name]);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

test("a file expires", async () => {
  using store = await FileStore.open(directory, { minutes: 1 });
  vi.useFakeTimers({ toFake: ["Date"] });
  const name = await store.keep(bytes, "image/webp");
  vi.setSystemTime(Date.now() + 59_000);
  expect(store.get(name)).toBeDefined();
  vi.setSystemTime(Date.now() + 2_000);
  expect(store.get(name)).toBeUndefined();
  await store.sweep();
  expect(await readdir(directory)).toEqual([]);
});

test("beyond the bound the oldest file goes, and a file larger than the bound is refused", async () => {
  using store = await FileStore.open(directory, { maxBytes: 25 });
  const names = [await store.keep(bytes, "image/png"), await store.keep(bytes, "image/png")];
  names.push(await store.keep(bytes, "image/png"));
  expect(names.map((name) => store.get(name) !== undefined)).toEqual([false, true, true]);
  expect((await readdir(directory)).toSorted()).toEqual(names.slice(1).toSorted());
  await expect(store.keep(new Uint8Array(26), "image/png")).rejects.toMatchObject({
    code: "DEVICE_EXHAUSTED",
  });
});

test("a disk that refuses a file is an error that says so, and leaves nothing", async () => {
  using store = await FileStore.open(directory);
  await rm(directory, { recursive: true });
  await writeFile(directory, "in the way");
  await expect(store.keep(bytes, "image/png")).rejects.toMatchObject({
    code: "DEVICE_EXHAUSTED",
    message: expect.stringMatching(/10 bytes cannot be kept: EEXIST/),
  });
});

test("a folder that cannot be written is told as that, before and when a file is kept", async () => {
  const inside = join(directory, "notes", "deep");
  await checkWritable(inside);
  expect(await readdir(directory)).toEqual([]);
  await writeFile(join(directory, "notes"), "a file");
  await expect(checkWritable(inside)).rejects.toMatchObject({
    code: "DEVICE_EXHAUSTED",
    message: `"${inside}" cannot be written: ENOTDIR. Let this process write there, or name another folder.`,
  });
});

test("a server that starts takes over the files that have not expired and sweeps the rest", async () => {
  const name = await (async () => {
    using first = await FileStore.open(directory);
    return first.keep(bytes, "image/png");
  })();
  const old = name.replace(/^.{32}/, "a".repeat(32));
  const linked = name.replace(/^.{32}/, "b".repeat(32));
  await writeFile(join(directory, old), "old");
  await writeFile(join(directory, `${old}.part`), "half");
  for (const each of [old, `${old}.part`]) await utimes(join(directory, each), 0, 0);
  await writeFile(join(directory, `${linked}.part`), "another server writes this");
  await writeFile(join(directory, "notes.txt"), "mine");
  await symlink("/etc/hostname", join(directory, linked));
  using second = await FileStore.open(directory);
  expect(second.get(name)).toMatchObject({ type: "image/png", size: 10 });
  expect(second.get(linked)).toBeUndefined();
  expect((await readdir(directory)).toSorted()).toEqual(
    [linked, name, `${linked}.part`, "notes.txt"].toSorted(),
  );
  expect((await stat(join(directory, "notes.txt"))).size).toBe(4);
});

const many = 10_000;

test.skipIf(!process.env["KINDRED_FULL"])(
  `a store of ${many} files keeps its bound, is taken over and expires whole (KINDRED_FULL=1)`,
  { timeout: 300_000 },
  async () => {
    const maxBytes = many * bytes.length;
    const names: string[] = [];
    {
      using store = await FileStore.open(directory, { maxBytes });
      while (names.length < many + 500) {
        const some = Array.from({ length: 50 }, () => store.keep(bytes, "image/png"));
        names.push(...(await Promise.all(some)));
      }
      expect(names.filter((name) => store.get(name))).toHaveLength(many);
      expect(await readdir(directory)).toHaveLength(many);
    }

    using store = await FileStore.open(directory, { maxBytes });
    await using server = await listen(createApp(standIn(), { files: { store } }));
    const statuses = async (some: readonly string[]) =>
      Promise.all(some.map(async (name) => (await fetch(`${server.url}/v1/files/${name}`)).status));
    expect(new Set(await statuses(names.slice(-100)))).toEqual(new Set([200]));
    expect(new Set(await statuses(names.slice(0, 100)))).toEqual(new Set([404]));

    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61 * 60_000 });
    await store.sweep();
    expect(await readdir(directory)).toEqual([]);
    expect(new Set(await statuses(names.slice(-10)))).toEqual(new Set([404]));
  },
);
