import { expect, test } from "vitest";
import * as z from "zod";
import { createApp } from "../../src/app.ts";
import { endpoint, listen, standIn } from "../stand-in.ts";

test("endpoints are listed with their tasks and the JSON Schemas of their bodies", async () => {
  await using server = await listen(createApp(standIn()));
  const { object, data } = await (await fetch(`${server.url}/v1/endpoints`)).json();
  expect(object).toBe("list");
  expect(data).toEqual([
    {
      object: "endpoint",
      method: "POST",
      path: "/v1/echo",
      task: "echo",
      text: null,
      files: ["image"],
      streams: true,
      body: expect.objectContaining({ type: "object", required: ["text"] }),
    },
  ]);
  expect(Object.keys(data[0].body.properties)).toContain("times");
});

test("an endpoint whose schema cannot be told has null", async () => {
  const kernel = standIn();
  const { validate } = endpoint.body["~standard"];
  const body = { "~standard": { version: 1, vendor: "own", validate } } as const;
  Object.assign(kernel, { endpoints: [{ ...endpoint, body }] });
  await using server = await listen(createApp(kernel));
  const { data } = await (await fetch(`${server.url}/v1/endpoints`)).json();
  expect(data[0]).toMatchObject({ path: "/v1/echo", body: null });
});

test("a part of a body that JSON Schema has no word for fits any value", async () => {
  const kernel = standIn();
  const body = z.object({ seed: z.custom<number>(Number.isInteger), when: z.date() });
  Object.assign(kernel, { endpoints: [{ ...endpoint, body }] });
  await using server = await listen(createApp(kernel));
  const { data } = await (await fetch(`${server.url}/v1/endpoints`)).json();
  expect(data[0].body.properties).toEqual({ seed: {}, when: {} });
});

test("their paths lie below the prefix, and the list does too", async () => {
  await using server = await listen(createApp(standIn(), { prefix: "/ai" }));
  const { data } = await (await fetch(`${server.url}/ai/v1/endpoints`)).json();
  expect(data[0].path).toBe("/v1/echo");
  expect((await fetch(`${server.url}/v1/endpoints`)).status).toBe(404);
});
