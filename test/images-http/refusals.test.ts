import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { generate, imageServer, model } from "./image-server.ts";
import type { ImageServer } from "./image-server.ts";

/** A second model over the same folder. */
const other = "other";
let server: ImageServer;
beforeAll(async () => {
  // The tiny model needs more than a third of it, so a turn of the one would evict the other.
  server = await imageServer({ models: [other], flags: ["--memory", "400MB"] });
});
afterAll(() => server[Symbol.asyncDispose]());

const bad: readonly (readonly [string, object, string])[] = [
  ["an unknown sampler", { sampler_name: "nothing" }, "sampler_name"],
  ["layers that the encoder lacks", { clip_skip: 99 }, "clip_skip"],
  ["a size that no device holds", { size: "99992x99992" }, "size"],
  ["a prompt of 24,000 tokens", { prompt: "cat ".repeat(24_000) }, "prompt"],
  ["steps beyond the schedule", { num_inference_steps: 2_000 }, "num_inference_steps"],
];

const facts = async (id: string) => (await fetch(`${server.url}/v1/models/${id}`)).json();
const openGraphs = async (id: string) =>
  (await facts(id)).graphs.filter(({ open }: { open: boolean }) => open).length;

/** A picture that is drawn for many seconds, and requests that wait behind it. */
async function busy(id: string, waiting: number) {
  const leaving = new AbortController();
  const ask = (body: object) => generate(server.url, { model, ...body }, {}, leaving.signal);
  let ended = false;
  const end = () => (ended = true);
  const drawing = ask({ size: "256x256", num_inference_steps: 900, request_id: id }).then(end, end);
  const progress = `${server.url}/v1/requests/${id}/progress`;
  await vi.waitUntil(async () => (await (await fetch(progress)).json()).progress > 0, 30_000);
  const queued = Promise.allSettled(Array.from({ length: waiting }, () => ask({})));
  await vi.waitUntil(async () => (await facts(model)).waiting === waiting, 30_000);
  return {
    isDrawing: () => !ended,
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await Promise.all([queued, drawing]);
    },
  };
}

describe.each([
  ["nobody waits", 0],
  ["as many wait as may", 32],
])("while a picture is drawn and %s", (name, waiting) => {
  let work: Awaited<ReturnType<typeof busy>>;
  beforeAll(async () => {
    work = await busy(name.replaceAll(" ", "-"), waiting);
    return () => work[Symbol.asyncDispose]();
  });

  test.each(bad)("%s is refused at once, streamed or not", async (_, fields, param) => {
    for (const id of [model, other]) {
      for (const stream of [false, true]) {
        const reply = await generate(server.url, { model: id, stream, ...fields });
        expect(reply.status, id).toBe(400);
        expect((await reply.json()).error).toMatchObject({ param });
      }
    }
    expect(work.isDrawing()).toBe(true);
    expect(await openGraphs(other)).toBe(0);
  });
});

test.each(bad)("%s evicts no idle model", async (_name, fields) => {
  expect((await generate(server.url, { model })).status).toBe(200);
  const open = await openGraphs(model);
  expect(open).toBeGreaterThan(0);
  expect((await generate(server.url, { model: other, ...fields })).status).toBe(400);
  expect(await openGraphs(model)).toBe(open);
});

test("a good request to the other model does evict it", async () => {
  expect((await generate(server.url, { model })).status).toBe(200);
  const open = await openGraphs(model);
  expect((await generate(server.url, { model: other })).status).toBe(200);
  expect(await openGraphs(model)).toBeLessThan(open);
});
