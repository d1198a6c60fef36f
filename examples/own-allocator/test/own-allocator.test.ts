import { createKernel, deviceAllocator, provide } from "@kindred/core";
import { embedding } from "@kindred/plugin-embedding";
import { expect, test } from "vitest";
import { fixture } from "../../../packages/plugin-embedding/test/fixture.ts";
import { start } from "../../../test/started.ts";
import { slots } from "../src/slots.ts";

test("two models answer over HTTP from one slot, in turns", async () => {
  await using first = await fixture("bge-tiny");
  await using second = await fixture("gte-tiny");
  const script = new URL("../dist/main.js", import.meta.url);
  await using server = await start(script, ["0", first.path, second.path]);
  for (const model of ["model-1", "model-2", "model-1"]) {
    const reply = await fetch(`${server.url}/v1/embeddings`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, input: "a fox" }),
    });
    expect(reply.status).toBe(200);
    const { data } = await (await fetch(`${server.url}/v1/models`)).json();
    const holding = data.filter(({ graphs }: any) => graphs.some(({ open }: any) => open));
    expect(holding.map(({ id }: any) => id)).toEqual([model]);
  }
});

test("models that ask at once take turns, and a closed kernel returns its slots", async () => {
  await using first = await fixture("bge-tiny");
  await using second = await fixture("gte-tiny");
  const allocator = slots(1);
  const kernel = await createKernel({
    plugins: [embedding()],
    models: [first, second].map(({ path }, i) => ({ id: `${i}`, source: path })),
    provides: [provide(deviceAllocator, () => allocator)],
  });
  const [task] = kernel.endpoints.map((endpoint) => endpoint.task);
  const asked = ["0", "1", "0", "1"].map((id) => kernel.run(task!, id, { input: [`fox ${id}`] }));
  expect(await Promise.all(asked)).toHaveLength(4);
  expect(allocator.taken).toBe(1);
  await kernel[Symbol.asyncDispose]();
  expect(allocator.taken).toBe(0);
});
