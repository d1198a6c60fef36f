import Koa from "koa";
import mount from "koa-mount";
import { expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { openai } from "../src/openai.ts";
import { normalPrefix } from "../src/prefix.ts";
import { listen, post, standIn } from "./stand-in.ts";

test.each([
  ["/ai", "/ai"],
  ["ai", "/ai"],
  ["/ai/", "/ai"],
  ["ai/", "/ai"],
  ["/", ""],
  ["", ""],
  ["/ai/v2/", "/ai/v2"],
  ["a.b-c_d~e", "/a.b-c_d~e"],
  ["/...", "/..."],
])("the prefix %j serves below %j", async (prefix, path) => {
  expect(normalPrefix(prefix)).toBe(path);
  for (const [app, base] of [
    [new Koa().use(openai(standIn(), { prefix })), path],
    [createApp(standIn(), { prefix }), path],
    [new Koa().use(mount("/inner", createApp(standIn(), { prefix }))), `/inner${path}`],
  ] as const) {
    await using server = await listen(app);
    const url = server.url + base;
    expect((await fetch(`${url}/v1/models`)).status).toBe(200);
    expect((await (await post(`${url}/v1/echo`, { text: "hi" })).json()).output).toBe("hi");
    expect((await fetch(`${url}/v1/models/birds%2Fgrey parrot`)).status).toBe(200);
    expect((await fetch(`${server.url}/x${base}/v1/models`)).status).toBe(404);
  }
});

test.each([
  ["with a space", "/a b"],
  ["that is a URL", "http://example.org/ai"],
  ["with a step up", "/a/../b"],
  ["that is a step up", ".."],
  ["with a step nowhere", "/./a"],
  ["that is a query", "?x"],
  ["with a query", "/ai?x=1"],
  ["with a fragment", "/ai#x"],
  ["with an empty segment", "/a//b"],
  ["that is two slashes", "//"],
  ["with a parameter of the router's", "/:tenant"],
  ["with a wildcard of the router's", "/*all"],
  ["with a group of the router's", "/{ai}"],
  ["with a backslash", "\\ai"],
  ["with a line's end", "/ai\n"],
  ["that is escaped", "/%61i"],
  ["that is a number", 7],
  ["that is an object", { path: "/ai" }],
])("a prefix %s is refused, with what a prefix is", (_, prefix) => {
  for (const make of [openai, createApp]) {
    expect(() => make(standIn(), { prefix: prefix as string })).toThrow(TypeError);
    expect(() => make(standIn(), { prefix: prefix as string })).toThrow(
      /^prefix must be a path such as "\/ai" .*, not /,
    );
  }
});

test.each(["ai", "/ai/", "/"])(
  "the page of the prefix %j is there, and its files",
  async (prefix) => {
    await using server = await listen(createApp(standIn(), { prefix }));
    const page = await fetch(server.url + normalPrefix(prefix));
    expect(page.headers.get("content-type")).toMatch(/^text\/html/);
    const [, script] = /<script[^>]* src="([^"]+)"/.exec(await page.text()) ?? [];
    expect((await fetch(new URL(script!, page.url))).status).toBe(200);
  },
);
