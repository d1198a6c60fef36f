import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { call } from "../fixtures.ts";
import { fetchAll, home } from "./fetched.ts";
import { bytes, etag, standIn } from "./stand-in.ts";
import type { Asked, Fault } from "./stand-in.ts";

const weights = bytes(1_000_000);
const name = "model.safetensors";
const files = { [name]: weights };
const blob = etag(name, weights);

/** The fault of the first request of the file, or of the first few. */
function first(fault: Fault, count = 1) {
  return ({ path }: Asked, nth: number) =>
    path.includes(name) && nth <= count ? fault : undefined;
}

test("a connection that is cut again and again goes on from where it was", async () => {
  // A break loses up to 64 KiB that came with it.
  const large = bytes(5_000_000);
  const cuts = [0, 1, 499_999, 500_000, 1, 1_500_000, 0, 1_250_000];
  await using hub = await standIn({
    files: { [name]: large },
    fault: ({ path }, nth) =>
      path.includes(name) && nth <= cuts.length ? { cut: cuts[nth - 1]! } : undefined,
  });
  await using at = await home();
  const folder = await fetchAll({ env: at.env(hub) });
  expect((await readFile(join(folder, name))).equals(large)).toBe(true);
  expect(hub.sent).toBeLessThanOrEqual(1.1 * large.length);
  expect(hub.fetched.length).toBe(cuts.length + 1);
});

test("a server that falls silent is left, and asked for the rest", async () => {
  await using hub = await standIn({ files, fault: first({ stall: 400_000 }) });
  await using at = await home();
  const env = at.env(hub, { HF_HUB_DOWNLOAD_TIMEOUT: "1" });
  const folder = await fetchAll({ env });
  expect((await readFile(join(folder, name))).equals(weights)).toBe(true);
  expect(hub.fetched.map(({ from }) => from)).toEqual([0, 400_000]);
});

test("a server that is slow, but never silent, is not left", async () => {
  await using hub = await standIn({
    files,
    fault: () => ({ drip: { bytes: 100_000, pause: 150 } }),
  });
  await using at = await home();
  await fetchAll({ env: at.env(hub, { HF_HUB_DOWNLOAD_TIMEOUT: "1" }) });
  expect(hub.fetched).toHaveLength(1);
});

test("a server without ranges begins anew", async () => {
  await using hub = await standIn({
    files,
    fault: (_, nth) => (nth === 1 ? { cut: 500_000 } : { ranges: false }),
  });
  await using at = await home();
  const folder = await fetchAll({ env: at.env(hub) });
  expect((await readFile(join(folder, name))).equals(weights)).toBe(true);
});

test("a server that always breaks at the same place is given up, and what came is kept", async () => {
  await using hub = await standIn({
    files,
    fault: ({ path, from }) =>
      path.includes(name) ? { cut: Math.max(0, 600_000 - from) } : undefined,
  });
  await using at = await home();
  await expect(fetchAll({ env: at.env(hub), attempts: 3 })).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(
      /^model\.safetensors of birds\/lark could not be downloaded: .* 3 attempts in a row came to nothing\. Launch it again later/,
    ),
  });
  const kept = await readdir(join(at.repo, "blobs"));
  expect(kept).toEqual([expect.stringMatching(new RegExp(`^${blob}\\.[0-9a-f]{8}\\.incomplete$`))]);
  await using well = await standIn({ files });
  await fetchAll({ env: at.env(well) });
  expect(well.fetched.map(({ from }) => from)).toEqual([600_000]);
  expect(await readdir(join(at.repo, "blobs"))).toEqual([blob]);
});

test.each([
  [
    "wrong bytes",
    { content: bytes(1_000_000, 9) },
    /came with the right 1000000 bytes and the wrong hash/,
  ],
  ["too few bytes", { content: weights.subarray(0, 999_999) }, /could not be downloaded/],
  [
    "too many bytes",
    { content: Buffer.concat([weights, weights]) },
    /more than its 1000000 bytes came/,
  ],
  [
    "other bytes than asked for",
    { status: 206, headers: { "content-range": "bytes 7-8/1000000" } },
    /answers 206 when asked for/,
  ],
])("%s are never served", async (_, fault, message) => {
  await using hub = await standIn({ files, fault: first(fault, 100) });
  await using at = await home();
  await expect(fetchAll({ env: at.env(hub), attempts: 3 })).rejects.toThrow(message);
  expect(await readdir(join(at.repo, "blobs"))).not.toContain(blob);
  expect(await readdir(at.repo)).not.toContain("snapshots");
});

test("a range that begins elsewhere is not appended", async () => {
  const headers = { "content-range": "bytes 7-8/1000000" };
  await using hub = await standIn({
    files,
    fault: ({ from }, nth) =>
      nth === 1 ? { cut: 500_000 } : from > 0 ? { status: 206, headers } : {},
  });
  await using at = await home();
  const folder = await fetchAll({ env: at.env(hub) });
  expect((await readFile(join(folder, name))).equals(weights)).toBe(true);
});

test("a small file of wrong bytes is told by git's hash", async () => {
  const config = { "config.json": '{"kind": "lark"}' };
  const content = Buffer.from('{"kind": "hawk"}');
  await using hub = await standIn({ files: config, fault: () => ({ content }) });
  await using at = await home();
  await expect(fetchAll({ env: at.env(hub) })).rejects.toThrow(/wrong hash/);
});

test("what another process left is taken over, and thrown away when it is wrong", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  const left = join(at.repo, "blobs", `${blob}.0badf00d.incomplete`);
  await mkdir(join(at.repo, "blobs"), { recursive: true });
  await writeFile(left, bytes(700_000, 9));
  await utimes(left, 0, 0);
  const folder = await fetchAll({ env: at.env(hub) });
  expect(hub.fetched.map(({ from }) => from)).toEqual([700_000, 0]);
  expect((await readFile(join(folder, name))).equals(weights)).toBe(true);
  expect(await readdir(join(at.repo, "blobs"))).toEqual([blob]);
});

test("a blob of another size than the listing's is fetched anew", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  await mkdir(join(at.repo, "blobs"), { recursive: true });
  await writeFile(join(at.repo, "blobs", blob), weights.subarray(0, 5));
  const folder = await fetchAll({ env: at.env(hub) });
  expect((await readFile(join(folder, name))).equals(weights)).toBe(true);
});

test("an abort ends the download, and keeps what came", async () => {
  const drip = { bytes: 100_000, pause: 100 };
  await using hub = await standIn({ files, fault: first({ drip }) });
  await using at = await home();
  const abort = new AbortController();
  const listening = call({ signal: abort.signal, onEvent: () => abort.abort() });
  await expect(fetchAll({ env: at.env(hub) }, undefined, listening)).rejects.toMatchObject({
    code: "ABORTED",
  });
  expect(await readdir(join(at.repo, "blobs"))).toEqual([expect.stringMatching(/\.incomplete$/)]);
  await fetchAll({ env: at.env(hub) });
  expect(hub.fetched.at(-1)!.from).toBeGreaterThan(0);
});
