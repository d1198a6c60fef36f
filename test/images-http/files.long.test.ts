import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kindred, start } from "../started.ts";
import { generate, imageServer } from "./image-server.ts";

const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "pictures.example.org" };

async function linked(url: string, headers: Record<string, string> = {}): Promise<string> {
  const reply = await generate(
    url,
    { response_format: "url", seed: (Math.random() * 1e9) | 0 },
    headers,
  );
  return (await reply.json()).data[0].url;
}

test("a url is the server's own, whatever a client says it forwards", async () => {
  await using server = await imageServer();
  const url = await linked(server.url, forwarded);
  expect(url).toMatch(new RegExp(`^${server.url}/v1/files/[\\w-]{32}\\.png$`));
  const head = await fetch(url, { method: "HEAD" });
  const part = await fetch(url, { headers: { range: "bytes=1-3" } });
  expect([head.status, head.headers.get("content-type")]).toEqual([200, "image/png"]);
  expect([part.status, await part.text()]).toEqual([206, "PNG"]);
});

test("behind a proxy a url is the proxy's, or as --public-url says", async () => {
  await using trusting = await imageServer({ flags: ["--trust-proxy"] });
  expect(await linked(trusting.url, forwarded)).toMatch(
    /^https:\/\/pictures\.example\.org\/v1\/files\//,
  );
  await using named = await imageServer({ flags: ["--public-url", "https://example.org/ai/"] });
  expect(await linked(named.url)).toMatch(/^https:\/\/example\.org\/ai\/v1\/files\//);
});

test("--file-limit bounds the store: beyond it the oldest file goes", async () => {
  await using server = await imageServer({ flags: ["--file-limit", "30kB"] });
  const urls: string[] = [];
  for (let i = 0; i < 6; i++) urls.push(await linked(server.url));
  const statuses = await Promise.all(urls.map(async (url) => (await fetch(url)).status));
  expect(statuses[0]).toBe(404);
  expect(statuses.at(-1)).toBe(200);
  expect(statuses).toEqual(statuses.toSorted((a, b) => b - a));
  expect(await readdir(join(server.data, "files"))).toHaveLength(
    statuses.filter((status) => status === 200).length,
  );
});

test("the next server keeps the files that have not expired and sweeps the rest", async () => {
  const data = await mkdtemp(join(tmpdir(), "kindred-data-"));
  const first = await imageServer({ flags: ["--data", data] });
  const urls = [await linked(first.url), await linked(first.url)];
  await first[Symbol.asyncDispose]();
  const [kept, old] = urls.map((url) => url.split("/").at(-1)!);
  const files = join(data, "files");
  await writeFile(join(files, `${old}.part`), "a half");
  for (const name of [old!, `${old}.part`]) {
    const anHourAgo = Date.now() / 1000 - 3601;
    await utimes(join(files, name), anHourAgo, anHourAgo);
  }
  await using second = await start(kindred, ["serve", "--port", "0", "--data", data]);
  const status = async (name: string) => (await fetch(`${second.url}/v1/files/${name}`)).status;
  expect([await status(kept!), await status(old!)]).toEqual([200, 404]);
  expect(await readdir(files)).toEqual([kept]);
  await rm(data, { recursive: true });
});

test("a full disk is an error that says so, and the server goes on", async () => {
  await using server = await imageServer({ imports: ["full-disk.mjs"] });
  const refused = await generate(server.url, { response_format: "url" });
  expect([refused.status, refused.headers.get("x-should-retry")]).toEqual([503, "false"]);
  const { error } = await refused.json();
  expect(error).toMatchObject({ code: "DEVICE_EXHAUSTED", type: "server_error" });
  expect(error.message).toMatch(/^A file of \d+ bytes cannot be kept: ENOSPC\. Ask for b64_json/);
  expect(await readdir(join(server.data, "files"))).toEqual([]);
  expect((await generate(server.url, {})).status).toBe(200);
});

test("a read-only data folder is told as that", async () => {
  await using server = await imageServer({ imports: ["read-only-disk.mjs"] });
  const refused = await generate(server.url, { response_format: "url" });
  expect([refused.status, refused.headers.get("x-should-retry")]).toEqual([503, "false"]);
  const { error } = await refused.json();
  expect(error.code).toBe("DEVICE_EXHAUSTED");
  expect(error.message).toMatch(
    /^This server keeps no files: its data folder cannot be written \(EROFS\)\. Ask for b64_json/,
  );
  expect(error.message).not.toContain(server.data);
  expect(server.output).toContain(server.data);
});

test("a --data that cannot be written ends the server at its start", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kindred-data-"));
  const data = join(folder, "file");
  await writeFile(data, "in the way");
  await expect(start(kindred, ["serve", "--port", "0", "--data", data])).rejects.toThrow(
    `ended with 1 before it listened:\nkindred: "${data}" cannot be written: ENOTDIR.`,
  );
  await rm(folder, { recursive: true });
});

test.each([
  ["--public-url", "example.org"],
  ["--public-url", "ftp://example.org"],
  ["--file-minutes", "0"],
  ["--file-limit", "plenty"],
])("%s %s is refused", async (flag, value) => {
  await expect(start(kindred, ["serve", "--port", "0", flag, value])).rejects.toThrow(
    `ended with 2 before it listened:\nkindred: ${flag} must be a`,
  );
});
