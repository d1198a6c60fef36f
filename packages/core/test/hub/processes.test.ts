import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { home } from "./fetched.ts";
import { bytes, etag, standIn } from "./stand-in.ts";
import type { StandInOptions } from "./stand-in.ts";

const weights = bytes(2_000_000);
const name = "model.safetensors";
const files = { [name]: weights, "config.json": "{}" };

/** Slow enough for another process to come meanwhile. */
const slowly: NonNullable<StandInOptions["fault"]> = ({ path }) =>
  path.includes(name) ? { drip: { bytes: 100_000, pause: 50 } } : undefined;

/** A process that fetches the model. */
function fetching(env: NodeJS.ProcessEnv): ChildProcess {
  const script = fileURLToPath(new URL("fetch-all.mjs", import.meta.url));
  return spawn(process.execPath, [script, "birds/lark"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function folderOf(child: ChildProcess): Promise<string> {
  let output = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (output += text));
  expect(await once(child, "close")).toEqual([0, null]);
  return output;
}

test("two processes that fetch the same share one download", async () => {
  await using hub = await standIn({ files, fault: slowly });
  await using at = await home();
  const first = fetching(at.env(hub));
  const folder = folderOf(first);
  await vi.waitUntil(() => hub.fetched.some(({ path }) => path.includes(name)), 30_000);
  const other = folderOf(fetching(at.env(hub)));
  expect(await other).toBe(await folder);
  expect((await readFile(join(await folder, name))).equals(weights)).toBe(true);
  expect(hub.sent).toBeLessThanOrEqual(1.1 * weights.length);
});

test("two processes that begin at once leave one sound cache", async () => {
  await using hub = await standIn({ files, fault: slowly });
  await using at = await home();
  const [a, b] = await Promise.all([at, at].map(() => folderOf(fetching(at.env(hub)))));
  expect(a).toBe(b);
  expect((await readFile(join(a!, name))).equals(weights)).toBe(true);
  const blobs = await readdir(join(at.repo, "blobs"));
  expect(blobs).toHaveLength(2);
  expect(blobs).toContain(etag(name, weights));
});

test("after kill -9 the next process goes on from where it was", async () => {
  await using hub = await standIn({ files, fault: slowly });
  await using at = await home();
  const child = fetching(at.env(hub));
  await vi.waitUntil(() => hub.sent > 1_000_000, 30_000);
  child.kill("SIGKILL");
  await once(child, "close");
  expect(await readdir(at.repo)).not.toContain("refs");
  const folder = await folderOf(fetching(at.env(hub)));
  expect((await readFile(join(folder, name))).equals(weights)).toBe(true);
  expect(hub.fetched.at(-1)!.from).toBeGreaterThan(500_000);
  expect(hub.sent).toBeLessThanOrEqual(1.2 * weights.length);
});
