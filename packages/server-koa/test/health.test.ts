import { expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { listen, models, standIn } from "./stand-in.ts";

test("/health answers at once, /ready once no model is loading", async () => {
  const kernel = standIn();
  await using server = await listen(createApp(kernel));
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  kernel.models = () => [{ ...models[0]!, state: "loading" }];
  expect((await fetch(`${server.url}/ready`)).status).toBe(503);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});
