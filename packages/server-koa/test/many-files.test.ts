import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { createApp } from "../src/app.ts";
import { FileStore } from "../src/files/file-store.ts";
import { listen, standIn } from "./stand-in.ts";

const many = 10_000;
const bytes = new Uint8Array(100);

test.skipIf(!process.env["KINDRED_FULL"])(
  `a store of ${many} files keeps its bound, is taken over and expires whole (KINDRED_FULL=1)`,
  { timeout: 300_000 },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "kindred-files-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    onTestFinished(() => void vi.useRealTimers());
    const limit = many * bytes.length;
    const names: string[] = [];
    {
      using store = await FileStore.open(directory, { limit });
      while (names.length < many + 500) {
        const some = Array.from({ length: 50 }, () => store.keep(bytes, "image/png"));
        names.push(...(await Promise.all(some)));
      }
      expect(names.filter((name) => store.get(name))).toHaveLength(many);
      expect(await readdir(directory)).toHaveLength(many);
    }

    using store = await FileStore.open(directory, { limit });
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
