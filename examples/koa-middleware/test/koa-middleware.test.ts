import { afterAll, beforeAll, expect, test } from "vitest";
import { fixture } from "../../../packages/plugin-embedding/test/fixture.ts";
import { start } from "../../../test/started.ts";
import type { Started } from "../../../test/started.ts";

let model: Awaited<ReturnType<typeof fixture>>;
let app: Started;
beforeAll(async () => {
  model = await fixture("bge-tiny");
  app = await start(new URL("../dist/main.js", import.meta.url), [model.path, "0", "sesame"]);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
});

test("the application's own route answers", async () => {
  expect(await (await fetch(app.url)).text()).toMatch(/^An application/);
});

test("the application's auth stands before the models", async () => {
  expect((await embed("wrong")).status).toBe(401);
});

test("a request with the key is answered under the application's prefix, and logged", async () => {
  const reply = await embed("sesame");
  expect(reply.status).toBe(200);
  expect((await reply.json()).data[0].embedding).toHaveLength(48);
  await expect.poll(() => app.output).toContain("POST /ai/v1/embeddings 200");
});

function embed(key: string): Promise<Response> {
  return fetch(`${app.url}/ai/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ input: "a fox" }),
  });
}
