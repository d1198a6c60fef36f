import { spawnSync } from "node:child_process";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diskError } from "../../src/hub/disk.ts";
import { call } from "../fixtures.ts";
import { fetchAll, home } from "./fetched.ts";
import type { Home } from "./fetched.ts";
import { bytes, etag, standIn } from "./stand-in.ts";

const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: of the system`), { code, syscall: "write" });

const place = { folder: "/cache", repo: "birds/lark", variable: "HF_HUB_CACHE" };

test("an error of the file system says what to do; others stay as they are", () => {
  const full = diskError(systemError("ENOSPC"), place);
  expect(full).toMatchObject({
    code: "LOAD_FAILED",
    message:
      "birds/lark could not be downloaded: /cache has no room left. Make room there, or let HF_HUB_CACHE name a folder on another disk. The bytes that came are kept.",
  });
  expect(diskError(systemError("EACCES"), place)).toMatchObject({
    message: expect.stringMatching(/cannot be written \(EACCES: .*Let this process write there/),
  });
  const other = new TypeError("x");
  expect(diskError(other, place)).toBe(other);
});

const isFull = Boolean(process.env["KINDRED_FULL"]);
const mayMount = isFull && process.getuid?.() === 0 && process.platform === "linux";

if (isFull && !mayMount) console.log("The test of a full disk is skipped: only root may make one.");

describe.skipIf(!mayMount)("on a disk of 10 MB (KINDRED_FULL=1, root)", () => {
  let at: Home;
  beforeAll(async () => {
    at = await home();
    const options = ["-t", "tmpfs", "-o", "size=10m", "tmpfs", at.path];
    expect(spawnSync("mount", options).status).toBe(0);
  });
  afterAll(async () => {
    spawnSync("umount", [at.path]);
    await at[Symbol.asyncDispose]();
  });

  test("what does not fit is told, what came is kept, and with room the download goes on", async () => {
    const weights = bytes(9_000_000);
    await using hub = await standIn({ files: { "model.safetensors": weights } });
    const filler = join(at.path, "filler");
    let isFilled: Promise<void> | undefined;
    const filling = call({
      onEvent: () => void (isFilled ??= writeFile(filler, bytes(4_000_000)).catch(() => {})),
    });
    await expect(fetchAll({ env: at.env(hub) }, undefined, filling)).rejects.toThrow(
      /^birds\/lark could not be downloaded: .* has no room left\. Make room there/,
    );
    await isFilled;
    expect(await readdir(at.repo)).not.toContain("snapshots");
    expect(await readdir(join(at.repo, "blobs"))).toEqual([expect.stringMatching(/\.incomplete$/)]);
    await rm(filler);
    await fetchAll({ env: at.env(hub) });
    expect(hub.fetched.at(-1)!.from).toBeGreaterThan(1_000_000);
    expect(await readdir(join(at.repo, "blobs"))).toEqual([etag("model.safetensors", weights)]);
  }, 60_000);
});
