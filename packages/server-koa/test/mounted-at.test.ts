import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Koa from "koa";
import mount from "koa-mount";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { FileStore } from "../src/files/file-store.ts";
import { openai } from "../src/openai.ts";
import { listen, post, standIn } from "./stand-in.ts";

let directory: string;
let store: FileStore;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "kindred-mounted-"));
  store = await FileStore.open(directory);
});
afterEach(async () => {
  store[Symbol.dispose]();
  await rm(directory, { recursive: true });
});

async function keptUrl(url: string, headers: Record<string, string> = {}): Promise<string> {
  return (await (await post(url, { text: "a", keep: true }, headers)).json()).url;
}

test.each([
  ["once", "/inner", (app: Koa) => mount("/inner", app)],
  ["twice", "/a/b", (app: Koa) => mount("/a", mount("/b", app))],
  ["with an escape in its path", "/caf%C3%A9", (app: Koa) => mount("/caf%C3%A9", app)],
])("mounted %s, a file is served where its URL says", async (_, path, mounted) => {
  for (const [prefix, own] of [
    ["", ""],
    ["ai/", "/ai"],
  ] as const) {
    const app = new Koa().use(mounted(createApp(standIn(), { files: { store }, prefix })));
    await using server = await listen(app);
    const url = await keptUrl(`${server.url}${path}${own}/v1/echo?x=/v1/echo`);
    expect(url).toContain(`${server.url}${path}${own}/v1/files/`);
    expect(await (await fetch(url)).text()).toBe("kept");
  }
});

/** A server that strips `/inner` as Express and its kin do: from Node's request, which keeps the whole in `originalUrl`. */
function stripping(app: Koa): { callback(): (req: IncomingMessage, res: ServerResponse) => void } {
  const callback = app.callback();
  return {
    callback: () => (request, response) => {
      const { url = "" } = request;
      Object.assign(request, { originalUrl: url, url: url.replace(/^\/inner/, "") || "/" });
      void callback(request, response);
    },
  };
}

test("in an application of another framework that strips a path, URLs are whole, and the page's too", async () => {
  await using server = await listen(stripping(createApp(standIn(), { files: { store } })));
  const url = await keptUrl(`${server.url}/inner/v1/echo`);
  expect(url).toContain(`${server.url}/inner/v1/files/`);
  expect(await (await fetch(url)).text()).toBe("kept");
  expect((await fetch(`${server.url}/inner`)).url).toBe(`${server.url}/inner/`);
});

test("a request for a whole URL, as proxies send it, gets a URL of one origin", async () => {
  const hosts = ["models.example"];
  await using server = await listen(createApp(standIn(), { files: { store }, hosts }));
  const socket = connect(server.port, "127.0.0.1");
  const body = '{"text":"a","keep":true}';
  const head = `POST http://models.example/v1/echo HTTP/1.1\r\nhost: models.example\r\nconnection: close`;
  socket.write(
    `${head}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  const reply = (await socket.toArray()).join("");
  expect(/"url":"([^"]+)"/.exec(reply)?.[1]).toMatch(/^http:\/\/models\.example\/v1\/files\//);
});

/** A proxy that strips `/ai` and says so, as Traefik and nginx do. */
async function proxy(to: string): Promise<AsyncDisposable & { readonly url: string }> {
  return listen({
    callback: () => async (request, response) => {
      const { url = "", method = "GET", headers } = request;
      const body = method === "POST" ? Buffer.concat(await request.toArray()) : null;
      const reply = await fetch(to + url.replace(/^\/ai/, ""), {
        method,
        body,
        headers: {
          "content-type": headers["content-type"] ?? "",
          "x-forwarded-host": headers.host ?? "",
          "x-forwarded-prefix": "/ai",
        },
      });
      response.end(Buffer.from(await reply.arrayBuffer()));
    },
  });
}

test("behind a proxy that is trusted and strips a path, a file is served where its URL says", async () => {
  await using trusting = await listen(createApp(standIn(), { files: { store }, trustProxy: true }));
  await using front = await proxy(trusting.url);
  const url = await keptUrl(`${front.url}/ai/v1/echo`);
  expect(url).toContain(`${front.url}/ai/v1/files/`);
  expect(await (await fetch(url)).text()).toBe("kept");
});

test.each([
  ["/ai", "/ai"],
  ["/ai/", "/ai"],
  ["ai", "/ai"],
  ["/", ""],
  ["", ""],
  ["/outer, /inner", "/outer/inner"],
])("X-Forwarded-Prefix %j of a trusted proxy puts %j before the path", async (header, path) => {
  const forwarded = { "x-forwarded-prefix": header };
  const app = new Koa({ proxy: true }).use(mount("/in", openai(standIn(), { files: { store } })));
  await using trusting = await listen(app);
  expect(await keptUrl(`${trusting.url}/in/v1/echo`, forwarded)).toContain(
    `${trusting.url}${path}/in/v1/files/`,
  );
  await using plain = await listen(createApp(standIn(), { files: { store } }));
  expect(await keptUrl(`${plain.url}/v1/echo`, forwarded)).toContain(`${plain.url}/v1/files/`);
});

test.each(["https://evil.example", "/a b", "/../x", "//evil.example", '/"><x', "/a, javascript:x"])(
  "X-Forwarded-Prefix %j gets no URL",
  async (header) => {
    await using server = await listen(createApp(standIn(), { files: { store }, trustProxy: true }));
    const body = { text: "a", keep: true };
    const reply = await post(`${server.url}/v1/echo`, body, { "x-forwarded-prefix": header });
    expect(reply.status).toBe(400);
    expect((await reply.json()).error.message).toContain("X-Forwarded-Prefix");
  },
);

test.each(["example.org/ai", "ftp://example.org", "https://example.org/?x", "", 7, "/ai"])(
  "the public URL %j is refused",
  (publicUrl) => {
    const files = { store, publicUrl: publicUrl as string };
    for (const make of [openai, createApp]) {
      expect(() => make(standIn(), { files })).toThrow(/publicUrl must be a URL such as/);
    }
  },
);

test("a public URL may end with slashes", async () => {
  const files = { store, publicUrl: "https://cdn.example.org/x//" };
  await using server = await listen(createApp(standIn(), { files }));
  expect(await keptUrl(`${server.url}/v1/echo`)).toMatch(
    /^https:\/\/cdn\.example\.org\/x\/v1\/files\//,
  );
});
