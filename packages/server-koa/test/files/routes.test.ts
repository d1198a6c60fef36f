import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Endpoint } from "@kindred/core";
import Koa from "koa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { FileStore } from "../../src/files/file-store.ts";
import { openai } from "../../src/openai.ts";
import { endpoint, listen, post, standIn } from "../stand-in.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "kindred-files-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const bytes = new TextEncoder().encode("0123456789");

async function keptUrl(url: string, headers: Record<string, string> = {}): Promise<string> {
  return (await (await post(url, { text: "a", keep: true }, headers)).json()).url;
}

test("a reply's file is served where its URL says", async () => {
  using store = await FileStore.open(directory);
  await using server = await listen(createApp(standIn(), { files: { store } }));
  const url = await keptUrl(`${server.url}/v1/echo`);
  expect(url).toMatch(new RegExp(`^${server.url}/v1/files/[\\w-]{32}\\.bin$`));
  const response = await fetch(url);
  expect(await response.text()).toBe("kept");
  expect(response.headers.get("content-length")).toBe("4");
});

test("the URL follows the mount, a proxy that is trusted, or the public URL", async () => {
  using store = await FileStore.open(directory);
  const stripping = new Koa();
  stripping.use((ctx, next) => {
    ctx.path = ctx.path.replace(/^\/inner/, "");
    return next();
  });
  stripping.use(openai(standIn(), { files: { store }, prefix: "/ai" }));
  await using mounted = await listen(stripping);
  const url = await keptUrl(`${mounted.url}/inner/ai/v1/echo`);
  expect(url).toContain(`${mounted.url}/inner/ai/v1/files/`);
  expect(await (await fetch(url)).text()).toBe("kept");

  const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "example.org" };
  await using plain = await listen(createApp(standIn(), { files: { store } }));
  expect(await keptUrl(`${plain.url}/v1/echo`, forwarded)).toContain(plain.url);
  await using trusting = await listen(createApp(standIn(), { files: { store }, trustProxy: true }));
  expect(await keptUrl(`${trusting.url}/v1/echo`, forwarded)).toContain(
    "https://example.org/v1/files/",
  );
  const files = { store, publicUrl: "https://cdn.example.org/x/" };
  await using published = await listen(createApp(standIn(), { files }));
  expect(await keptUrl(`${published.url}/v1/echo`)).toContain(
    "https://cdn.example.org/x/v1/files/",
  );
});

test("HEAD, ranges and types are answered", async () => {
  using store = await FileStore.open(directory);
  await using server = await listen(createApp(standIn(), { files: { store } }));
  const url = `${server.url}/v1/files/${await store.keep(bytes, "image/png")}`;
  const head = await fetch(url, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(head.headers.get("content-length")).toBe("10");
  expect(head.headers.get("content-type")).toBe("image/png");
  expect(await head.text()).toBe("");
  const part = async (range: string): Promise<unknown[]> => {
    const response = await fetch(url, { headers: { range } });
    return [response.status, response.headers.get("content-range"), await response.text()];
  };
  expect(await part("bytes=2-4")).toEqual([206, "bytes 2-4/10", "234"]);
  expect(await part("bytes=-3")).toEqual([206, "bytes 7-9/10", "789"]);
  expect(await part("bytes=0-1,5-6")).toEqual([200, null, "0123456789"]);
  expect((await part("bytes=20-")).slice(0, 2)).toEqual([416, "bytes */10"]);
  expect(await part("BYTES=0-1")).toEqual([206, "bytes 0-1/10", "01"]);
  expect(await part("lines=0-1")).toEqual([200, null, "0123456789"]);
  expect(await part("lines=20-")).toEqual([200, null, "0123456789"]);
});

test("a conditional range is answered with the whole file", async () => {
  using store = await FileStore.open(directory);
  await using server = await listen(createApp(standIn(), { files: { store } }));
  const url = `${server.url}/v1/files/${await store.keep(bytes, "image/png")}`;
  const headers = { range: "bytes=0-1", "if-range": '"x"' };
  const response = await fetch(url, { headers });
  expect([response.status, await response.text()]).toEqual([200, "0123456789"]);
});

/** The answer to a request for this host whose reply keeps a file. */
async function keptFor(host: string): Promise<{ status: number; body: any }> {
  using store = await FileStore.open(directory);
  await using server = await listen(createApp(standIn(), { files: { store }, hosts: ["*"] }));
  const sending = request(`${server.url}/v1/echo`, {
    method: "POST",
    headers: { host, "content-type": "application/json" },
  });
  sending.end(JSON.stringify({ text: "a", keep: true }));
  const [response] = await once(sending, "response");
  return { status: response.statusCode, body: JSON.parse((await response.toArray()).join("")) };
}

test.each(['evil"><x', 'evil"', "a/b", "a:b", "a:99999", "[:::1]"])(
  "a request for the host %j gets no URL",
  async (host) => {
    const { status, body } = await keptFor(host);
    const { error } = body;
    expect([status, error.code]).toEqual([400, "INVALID_INPUT"]);
    expect(error.message).toContain(`"${host}"`);
  },
);

test.each(["localhost", "my_host.example:80", "[::1]:9997", "10.0.0.1"])(
  "a request for the host %s gets a URL there",
  async (host) => {
    const { body } = await keptFor(host);
    expect(body.url).toMatch(`http://${host}/v1/files/`);
  },
);

test.each(["..%2fsecret.png", "%2e%2e/secret.png", "a%00.png", "link.png", "secret.png", "%ff"])(
  "%s is not a file",
  async (name) => {
    await writeFile(join(directory, "secret.png"), "treasure");
    const store = join(directory, "store");
    await mkdir(store);
    await symlink(join(directory, "secret.png"), join(store, "link.png"));
    using files = await FileStore.open(store);
    await using server = await listen(createApp(standIn(), { files: { store: files } }));
    const response = await fetch(`${server.url}/v1/files/${name}`);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain("treasure");
  },
);

test("a file that another hand removed, or put a link in place of, is not there", async () => {
  await writeFile(join(directory, "secret.png"), "treasure");
  const path = join(directory, "store");
  using store = await FileStore.open(path);
  await using server = await listen(createApp(standIn(), { files: { store } }));
  const name = await store.keep(bytes, "image/png");
  await rm(join(path, name));
  const found = async () => (await fetch(`${server.url}/v1/files/${name}`)).status;
  expect(await found()).toBe(404);
  await symlink(join(directory, "secret.png"), join(path, name));
  expect(await found()).toBe(404);
});

test("a request whose reply would keep files is refused before it runs where none are kept", async () => {
  let runs = 0;
  const kernel = standIn(() => ++runs);
  const decode = () => ({ ...endpoint.decode({ text: "a", times: 1 }), filesFor: "text" }) as never;
  const wanting = { ...kernel, endpoints: [{ ...endpoint, decode } as Endpoint] };
  await using without = await listen(createApp(wanting));
  const refused = await post(`${without.url}/v1/echo`, { text: "a" });
  expect(refused.status).toBe(400);
  expect((await refused.json()).error).toMatchObject({ code: "UNSUPPORTED", param: "text" });
  expect(runs).toBe(0);

  using store = await FileStore.open(directory);
  await using keeping = await listen(createApp(wanting, { files: { store } }));
  expect((await post(`${keeping.url}/v1/echo`, { text: "a" })).status).toBe(200);
});
