import { createGzip } from "node:zlib";
import type { Readable } from "node:stream";
import Koa from "koa";
import compress from "koa-compress";
import { expect, test } from "vitest";
import { openai } from "../src/openai.ts";
import { deferred, listen, post, standIn } from "./stand-in.ts";

/** Sets headers before and after all others, as an application's own middleware does. */
const foreign =
  (when: "before" | "after", headers: Record<string, string>): Koa.Middleware =>
  async (ctx, next) => {
    if (when === "before") ctx.set(headers);
    await next();
    if (when === "after") ctx.set(headers);
  };

/** A compressor that knows no more than the standard: it leaves alone what says `no-transform`. */
const gzip: Koa.Middleware = async (ctx, next) => {
  await next();
  if (/no-transform/.test(String(ctx.response.get("cache-control")))) return;
  ctx.set("content-encoding", "gzip");
  ctx.body = (ctx.body as Readable).pipe(createGzip());
};

const chains: readonly (readonly [string, readonly Koa.Middleware[]])[] = [
  ["koa-compress", [compress()]],
  ["koa-compress without a threshold", [compress({ threshold: 0, br: false })]],
  ["a compressor of one's own", [gzip]],
  [
    "koa-compress and headers that were set before",
    [compress(), foreign("before", { "cache-control": "public, max-age=60", etag: '"x"' })],
  ],
  [
    "koa-compress and headers that are set after",
    [compress(), foreign("after", { "cache-control": "private" })],
  ],
];

test.each(chains)("behind %s, each event of a stream arrives as it is told", async (_, chain) => {
  const steps = [deferred(), deferred(), deferred()];
  const kernel = standIn(async (_input, { onEvent }) => {
    for (const [i, step] of steps.entries()) {
      onEvent!({ done: i });
      await step.promise;
    }
    return "the end";
  });
  const app = new Koa();
  for (const middleware of chain) app.use(middleware);
  app.use(openai(kernel));
  await using server = await listen(app);
  const accept = { "accept-encoding": "gzip, br, deflate" };
  const response = await post(`${server.url}/v1/echo`, { text: "a", stream: true }, accept);
  expect(response.headers.get("content-encoding")).toBeNull();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (const [i, step] of steps.entries()) {
    while (!text.includes(`"done":${i}`)) text += (await reader.read()).value;
    expect(text).not.toContain(`"done":${i + 1}`);
    step.resolve();
  }
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read())
    text += chunk.value;
  expect(text).toContain("the end");
});

test("a long reply that is no stream is still compressed", async () => {
  const app = new Koa().use(compress()).use(openai(standIn()));
  await using server = await listen(app);
  const text = "a".repeat(100_000);
  const response = await post(`${server.url}/v1/echo`, { text }, { "accept-encoding": "gzip" });
  expect(response.headers.get("content-encoding")).toBe("gzip");
  expect((await response.json()).output).toBe(text);
});
