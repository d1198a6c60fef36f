import { once } from "node:events";
import { expect, test } from "vitest";
import { serve } from "../src/serve.ts";
import { rawClient } from "./connections/raw-client.ts";
import { post, standIn } from "./stand-in.ts";

const fail = () => {
  throw new Error("no disk");
};

test("a logger that throws ends no request and no server", async () => {
  const logger = { debug: fail, info: fail, warn: fail, error: fail };
  const kernel = standIn(() => {
    throw new Error("a fault in a plugin");
  });
  const warned = once(process, "warning");
  const serving = await serve(kernel, { port: 0, drainDelay: 0, logger });
  expect((await post(`${serving.url}/v1/echo`, { text: "a" })).status).toBe(500);
  expect((await fetch(`${serving.url}/v1/models`)).status).toBe(200);
  expect(await rawClient(serving.url, "nonsense\r\n\r\n").closed).toMatch(/^HTTP\/1\.1 400 /);
  expect((await fetch(`${serving.url}/health`)).status).toBe(200);
  await serving.close();
  const [{ message }] = (await warned) as [Error];
  expect(message).toMatch("A logger failed, and may lose lines: Error: no disk");
});
