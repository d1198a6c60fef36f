import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ModelInfo } from "@kindred/core";
import { get } from "./load/client.ts";
import { measured } from "./load/measured.ts";
import type { Measured } from "./load/measured.ts";
import { treeBytes } from "./load/process-tree.ts";
import { shortOf, stableDiffusionFolder } from "./load/stable-diffusion-folder.ts";

const short = process.env["KINDRED_FULL"] ? await shortOf() : "KINDRED_FULL is not set";
if (short !== undefined) console.log(`The test of a full-size picture is skipped: ${short}.`);

const id = "stable-diffusion";
const asked = {
  model: id,
  prompt: "a rainbow over a green field",
  size: "512x512",
  seed: 7,
  num_inference_steps: 2,
  sampler_name: "Euler",
};

/** Bytes that the server takes without a model. */
const serverBytes = 150_000_000;

describe.skipIf(short)("a picture of 512 by 512 (KINDRED_FULL=1)", () => {
  let folder: Awaited<ReturnType<typeof stableDiffusionFolder>>;
  let server: Measured;
  let picture: string;
  let largest: number;

  beforeAll(async () => {
    folder = await stableDiffusionFolder();
    server = await measured({ models: [{ id, source: folder.path }] });
  }, 600_000);
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  test("takes the memory that its model states, within a fifth", async () => {
    const memory = watchMemory(server);
    picture = await draw(server);
    const { stated, taken } = memory.stop();
    const info = await modelOf(server);
    console.log({ stated, taken, ratio: stated / taken, needed: info.memory, graphs: info.graphs });
    largest = info.memory!.needed;
    expect(stated / taken).toBeGreaterThan(0.8);
    expect(stated / taken).toBeLessThan(1.2);
  }, 600_000);

  test("does not delay the server's timers or /health while it is drawn", async () => {
    await server.ask("resetLag");
    let drawn = false;
    const again = draw(server).finally(() => (drawn = true));
    let healthy = 0;
    while (!drawn) {
      expect(await get(`${server.url}/health`)).toEqual({ status: 200, body: { status: "ok" } });
      healthy++;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { lag } = await server.ask("figures");
    console.log({ lag, healthy });
    expect(await again).toBe(picture);
    expect(healthy).toBeGreaterThan(50);
    expect(lag.own.p99).toBeLessThanOrEqual(20);
  }, 300_000);

  test("stops after one step at most when its client hangs up", async () => {
    const { runs: before } = await server.ask("figures");
    const client = new AbortController();
    const reply = draw(server, { num_inference_steps: 50 }, client.signal);
    const started = async () => (await server.ask("figures")).runs.started > before.started;
    await vi.waitUntil(started, { timeout: 60_000 });
    client.abort();
    await expect(reply).rejects.toThrow("aborted");
    const { runs: then } = await server.ask("figures");
    const ended = async () => {
      const { runs } = await server.ask("figures");
      return runs.ended === runs.started;
    };
    await vi.waitUntil(ended, { timeout: 60_000, interval: 500 });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { runs: after } = await server.ask("figures");
    expect(after.started - then.started).toBeLessThanOrEqual(1);
    expect(after.ended).toBe(after.started);
  }, 300_000);

  test("is the same where its graphs are opened in turn, in the memory of the largest", async () => {
    await server[Symbol.asyncDispose]();
    const memory = Math.ceil(1.01 * largest);
    await using small = await measured({ models: [{ id, source: folder.path }], memory });
    const watched = watchMemory(small);
    expect(await draw(small)).toBe(picture);
    const { stated, taken } = watched.stop();
    const { graphs } = await modelOf(small);
    console.log({ memory, stated, taken });
    expect(stated).toBeLessThanOrEqual(memory);
    expect(taken).toBeLessThanOrEqual(memory + serverBytes);
    expect(graphs!.find(({ name }) => name === "text_encoder")!.open).toBe(false);
  }, 600_000);
});

/** The picture in base64. */
async function draw(
  server: Measured,
  change: object = {},
  signal: AbortSignal | null = null,
): Promise<string> {
  const reply = await fetch(`${server.url}/v1/images/generations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...asked, ...change }),
    signal,
  });
  const body: any = await reply.json();
  expect(reply.status, JSON.stringify(body.error)).toBe(200);
  return body.data[0].b64_json;
}

async function modelOf(server: Measured): Promise<ModelInfo> {
  return (await get(`${server.url}/v1/models/${id}`)).body;
}

/** Watches the most bytes that the model leases and that the process tree holds. */
function watchMemory(server: Measured): { stop(): { stated: number; taken: number } } {
  const most = { stated: 0, taken: 0 };
  const look = async () => {
    most.taken = Math.max(most.taken, treeBytes(server.pid));
    const { leased } = (await modelOf(server)).memory!;
    most.stated = Math.max(most.stated, leased);
  };
  const timer = setInterval(() => void look().catch(() => {}), 50);
  return {
    stop() {
      clearInterval(timer);
      return most;
    },
  };
}
