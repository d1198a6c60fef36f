import Koa from "koa";
import { expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { openai } from "../src/openai.ts";
import { listen, post, standIn } from "./stand-in.ts";

test("a known path with a wrong method is a 405 that says what it allows", async () => {
  await using server = await listen(createApp(standIn()));
  const get = await fetch(`${server.url}/v1/echo`);
  expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
  expect((await get.json()).error.message).toContain("POST");
  const deleted = await fetch(`${server.url}/v1/models/parrot`, { method: "DELETE" });
  expect([deleted.status, deleted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  const head = await fetch(`${server.url}/v1/models`, { method: "HEAD" });
  expect(head.status).toBe(200);
});

test("an unknown path goes on to the application, or is a 404 envelope", async () => {
  const app = new Koa();
  app.use(openai(standIn()));
  app.use((ctx) => {
    ctx.body = "mine";
  });
  await using mounted = await listen(app);
  const own = await fetch(`${mounted.url}/v1/other`);
  expect([await own.text(), own.headers.get("x-request-id")]).toEqual(["mine", null]);
  await using server = await listen(createApp(standIn()));
  const missing = await fetch(`${server.url}/v1/cluster/auth`);
  expect(missing.status).toBe(404);
  expect((await missing.json()).error.type).toBe("not_found_error");
});

test("an error of the application's own routes is left to the application", async () => {
  const app = new Koa();
  app.use(async (ctx, next) => {
    await next().catch(() => {
      ctx.status = 418;
    });
  });
  app.use(openai(standIn()));
  app.use(() => {
    throw new Error("mine");
  });
  await using server = await listen(app);
  expect((await fetch(`${server.url}/elsewhere`)).status).toBe(418);
});

test("it mounts under its own prefix, or one that the application strips", async () => {
  const own = new Koa().use(openai(standIn(), { prefix: "/ai" }));
  const stripping = new Koa();
  stripping.use((ctx, next) => {
    ctx.path = ctx.path.replace(/^\/ai/, "");
    return next();
  });
  stripping.use(openai(standIn()));
  for (const app of [own, stripping]) {
    await using server = await listen(app);
    const reply = await (await post(`${server.url}/ai/v1/echo`, { text: "hi" })).json();
    expect(reply.output).toBe("hi");
    expect((await fetch(`${server.url}/ai/v1/models/birds/grey parrot`)).status).toBe(200);
  }
});

test.each([
  ["no kernel", () => openai(undefined as never), /needs the kernel/],
  ["what is no kernel", () => openai({} as never), /needs the kernel/],
  ["a text for options", () => openai(standIn(), "/ai" as never), /needs an object, not "\/ai"/],
  ["a misspelt option", () => openai(standIn(), { prefx: "/ai" } as never), /no option "prefx"/],
])("%s is told by a TypeError", (_, call, message) => {
  expect(call).toThrow(TypeError);
  expect(call).toThrow(message);
});
