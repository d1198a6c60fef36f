import { KernelError } from "@kindred/core";
import OpenAI from "openai";
import OpenAI4 from "openai4";
import { expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { listen, standIn } from "./stand-in.ts";
import type { Run } from "./stand-in.ts";

/** The newest client, and one of the generation that many applications still run. */
const clients = [
  ["openai 7", OpenAI],
  ["openai 4", OpenAI4 as unknown as typeof OpenAI],
] as const;

/** Fails with each of these errors once, then answers. */
function failing(...errors: Error[]): { run: Run; asked(): number } {
  let asked = 0;
  const run: Run = ({ text }) => {
    const error = errors[asked++];
    return error ? Promise.reject(error) : text;
  };
  return { run, asked: () => asked };
}

test.each(clients)("%s surfaces the fault, its field and the request id", async (_, Client) => {
  await using server = await listen(createApp(standIn()));
  const client = new Client({ baseURL: `${server.url}/v1`, apiKey: "any" });
  const asking = client.post("/echo", { body: { text: "a", colour: "red" } });
  await expect(asking).rejects.toMatchObject({
    status: 400,
    code: "INVALID_INPUT",
    param: "colour",
    type: "invalid_request_error",
    message: expect.stringContaining("colour"),
  });
  const error = await asking.catch((reason: { headers: unknown }) => reason);
  expect(JSON.stringify(error)).toContain("req_");
});

test.each(clients)("%s tries again after the time that it is told", async (_, Client) => {
  const { run, asked } = failing(new KernelError("OVERLOADED", "32 wait.", { retryAfter: 0.01 }));
  await using server = await listen(createApp(standIn(run)));
  const client = new Client({ baseURL: `${server.url}/v1`, apiKey: "any" });
  expect(await client.post("/echo", { body: { text: "a" } })).toMatchObject({ output: "a" });
  expect(asked()).toBe(2);
});

test.each(clients)(
  "%s does not repeat a request that was cancelled or can never work",
  async (_, Client) => {
    for (const code of ["ABORTED", "LOAD_FAILED", "DEVICE_EXHAUSTED"] as const) {
      const { run, asked } = failing(new KernelError(code, "No."));
      await using server = await listen(createApp(standIn(run)));
      const client = new Client({ baseURL: `${server.url}/v1`, apiKey: "any" });
      await expect(client.post("/echo", { body: { text: "a" } })).rejects.toMatchObject({ code });
      expect(asked()).toBe(1);
    }
  },
);

test.each(clients)(
  "%s does not repeat a request that met a fault of the program",
  async (_, Client) => {
    const { run, asked } = failing(new TypeError("x is undefined"), new Error("ENOSPC"));
    await using server = await listen(createApp(standIn(run)));
    const client = new Client({ baseURL: `${server.url}/v1`, apiKey: "any" });
    await expect(client.post("/echo", { body: { text: "a" } })).rejects.toMatchObject({
      status: 500,
    });
    expect(asked()).toBe(1);
  },
);

test.each(clients)("%s lists models and finds one by an id with a slash", async (_, Client) => {
  await using server = await listen(createApp(standIn()));
  const client = new Client({ baseURL: `${server.url}/v1`, apiKey: "any" });
  const ids: string[] = [];
  for await (const { id } of client.models.list()) ids.push(id);
  expect(ids).toEqual(["parrot", "birds/grey parrot"]);
  expect(await client.models.retrieve("birds/grey parrot")).toMatchObject({ object: "model" });
});
