import { readdir, readFile } from "node:fs/promises";
import Koa from "koa";
import { expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { openai } from "../src/openai.ts";
import { listen, standIn } from "./stand-in.ts";

const folder = new URL("../playground/", import.meta.url);
const names = (await readdir(folder, { recursive: true })).filter((name) => name.includes("."));
const pages = ["index.html", "docs.html"];
const assets = names.filter((name) => !pages.includes(name)).map((name) => `/playground/${name}`);

test.each(["/", "/docs", ...assets])(
  "%s may load from and ask only its own server",
  async (path) => {
    await using server = await listen(createApp(standIn()));
    const { status, headers } = await fetch(server.url + path);
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")?.split("; ")).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data: blob:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  },
);

test.each([
  ["/", "text/html; charset=utf-8"],
  ["/docs", "text/html; charset=utf-8"],
  ["/playground/main.js", "text/javascript; charset=utf-8"],
  ["/playground/styles/base.css", "text/css; charset=utf-8"],
  ["/playground/mark.svg", "image/svg+xml"],
])("%s is %s", async (path, type) => {
  await using server = await listen(createApp(standIn()));
  const reply = await fetch(server.url + path);
  expect(reply.headers.get("content-type")).toBe(type);
  const head = await fetch(server.url + path, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(head.headers.get("content-length")).toBe(String((await reply.bytes()).length));
});

test("a file that a browser has is not sent again", async () => {
  await using server = await listen(createApp(standIn()));
  const { headers } = await fetch(server.url);
  expect(headers.get("cache-control")).toBe("no-cache");
  const etag = headers.get("etag")!;
  const ask = (known: string) =>
    fetch(server.url, { headers: { "if-none-match": known, "cache-control": "max-age=0" } });
  expect((await ask(etag)).status).toBe(304);
  expect((await ask('"other"')).status).toBe(200);
});

test.each([
  "/playground",
  "/playground/",
  "/playground/index.html",
  "/playground/nothing.js",
  "/playground/..%2fpackage.json",
  "/playground/%2e%2e/package.json",
  "/index.html",
  "/docs.html",
  "/docs/",
  "/playground/docs.html",
])("%s is not there", async (path) => {
  await using server = await listen(createApp(standIn()));
  const reply = await fetch(server.url + path);
  expect(reply.status).toBe(404);
  expect((await reply.json()).error.type).toBe("not_found_error");
});

test("it takes only GET and HEAD", async () => {
  await using server = await listen(createApp(standIn()));
  expect((await fetch(server.url, { method: "POST" })).status).toBe(404);
});

test("it can be left out, and bare middleware has none", async () => {
  await using without = await listen(createApp(standIn(), { playground: false }));
  expect((await fetch(without.url)).status).toBe(404);
  expect((await fetch(`${without.url}/docs`)).status).toBe(404);
  await using bare = await listen(new Koa().use(openai(standIn())));
  expect((await fetch(bare.url)).status).toBe(404);
});

test("it is under the prefix of the routes", async () => {
  await using server = await listen(createApp(standIn(), { prefix: "/ai" }));
  expect((await fetch(server.url)).status).toBe(404);
  const page = await fetch(`${server.url}/ai`);
  expect(page.url).toBe(`${server.url}/ai/`);
  const docs = await fetch(`${server.url}/ai/docs`);
  expect([docs.url, docs.status]).toEqual([`${server.url}/ai/docs`, 200]);
  const [, script] = /<script type="module" src="(.*?)">/.exec(await page.text())!;
  expect((await fetch(new URL(script!, page.url))).status).toBe(200);
});

test.each(pages)("%s has no inline script or style, and names files that exist", async (name) => {
  const page = await readFile(new URL(name, folder), "utf8");
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:/);
  const named = Array.from(page.matchAll(/(?:src|href)="(.*?)"/g), ([, url]) => `/${url}`);
  expect(named.length).toBeGreaterThan(5);
  const known = [...assets, "/./", "/docs", "/openapi.json"];
  for (const url of named) expect(known).toContain(url);
});

test("every module imports modules that exist, and every file is reached", async () => {
  const reached = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (reached.has(path)) return;
    reached.add(path);
    const source = await readFile(new URL(path, folder), "utf8");
    for (const [, specifier] of source.matchAll(/^import .*? from "(.*?)";$/gms)) {
      await visit(new URL(specifier!, new URL(path, "file:///")).pathname.slice(1));
    }
  };
  await visit("main.js");
  await visit("docs/docs-page.js");
  expect([...reached].sort()).toEqual(names.filter((name) => name.endsWith(".js")).sort());
});
