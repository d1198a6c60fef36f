import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { held } from "./held.ts";
import { generate, imageServer, model } from "./image-server.ts";
import type { ImageServer } from "./image-server.ts";

/** KINDRED_FULL=1 has them all. */
const moments = process.env["KINDRED_FULL"] ? 1000 : 60;
const atOnce = 6;

test(
  `hang-ups at ${moments} random moments leave nothing behind`,
  { timeout: 600_000 },
  async () => {
    await using server = await imageServer({ imports: ["probe.mjs"] });
    // What is made once, for the first requests, is no leak.
    await hangUps(server, 4 * atOnce, await duration(server));
    const before = await rest(server);

    const heard = await hangUps(server, moments, await duration(server));
    // In the queue, in the midst of steps, after the end …
    expect(heard.size).toBeGreaterThan(2);
    const after = await rest(server);
    expect(after.model).toEqual(before.model);
    expect(after.requests).toBeLessThanOrEqual(before.requests);
    expect(after.signals).toBeLessThanOrEqual(before.signals);
    expect(after.descriptors).toBeLessThanOrEqual(before.descriptors);
    expect(after.unfinished).toEqual([]);
    expect((await generate(server.url, { response_format: "url" })).status).toBe(200);
    expect(server.output).not.toMatch(/^(?:warning|error): |MaxListeners/m);
  },
);

const bodies = [
  {},
  { response_format: "url", n: 2 },
  { stream: true },
  { stream: true, partial_images: 3 },
  { stream: true, partial_images: 2, size: "128x128" },
];

/** Milliseconds that a request takes among as many as there are at once. */
async function duration(server: ImageServer): Promise<number> {
  const start = performance.now();
  const replies = await Promise.all(
    Array.from({ length: atOnce }, () => generate(server.url, bodies[1]!)),
  );
  await Promise.all(replies.map((reply) => reply.text()));
  return performance.now() - start;
}

/** Returns the last that each of the clients had heard. */
async function hangUps(server: ImageServer, count: number, longest: number): Promise<Set<string>> {
  let left = count;
  const heard = new Set<string>();
  const client = async () => {
    while (left-- > 0) {
      heard.add(await hangUp(server, bodies[left % bodies.length]!, Math.random() * longest));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return heard;
}

/** Asks, reads what comes, and is gone after so many milliseconds. */
async function hangUp({ url }: ImageServer, body: object, after: number): Promise<string> {
  const asking = request(`${url}/v1/images/generations`, {
    method: "POST",
    agent: false,
    headers: { "content-type": "application/json" },
  });
  let text = "";
  asking
    .on("error", () => {})
    .on("response", (reply) => {
      reply.on("error", () => {}).on("data", (chunk) => (text += chunk));
    });
  asking.end(JSON.stringify({ prompt: "a red apple", num_inference_steps: 4, ...body }));
  await sleep(after);
  asking.destroy();
  return [...text.matchAll(/^event: (.*)$/gm)].at(-1)?.[1] ?? "nothing";
}

/** What the server holds once nothing runs. */
async function rest(server: ImageServer) {
  const idle = async () => {
    const found = await (await fetch(`${server.url}/v1/models/${model}`)).json();
    return found.waiting === 0 && found;
  };
  const { memory, graphs } = await vi.waitUntil(idle, 60_000);
  let last = await held(server);
  // A run under way ends by itself, and its request with it.
  for (let settled = false; !settled;) {
    await sleep(1_000);
    const next = await held(server);
    settled = next.requests === last.requests && next.descriptors === last.descriptors;
    last = next;
  }
  const files = await readdir(join(server.data, "files"));
  const unfinished = files.filter((name) => name.endsWith(".part"));
  const open = graphs.filter((graph: { open: boolean }) => graph.open).length;
  return { ...(await held(server)), unfinished, model: { leased: memory.leased, open } };
}
