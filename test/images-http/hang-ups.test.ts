import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { held } from "./held.ts";
import { closing, generate, imageServer, model } from "./image-server.ts";
import type { ImageServer } from "./image-server.ts";

/** KINDRED_FULL=1 has them all. */
const moments = process.env["KINDRED_FULL"] ? 1000 : 10;
const atOnce = 6;

test(`hang-ups at ${moments} moments leave nothing behind`, { timeout: 1_200_000 }, async () => {
  await using server = await imageServer({ imports: ["probe.mjs"] });
  // The first requests make what is made once: that is no leak.
  await hangUps(server, 4 * atOnce, await duration(server));
  const before = await rest(server);

  const heard = await hangUps(server, moments, await duration(server));
  // Clients hung up in the queue, between steps and at previews.
  expect([...heard]).toEqual(expect.arrayContaining(["nothing", "progress", preview]));
  // Memory that is freed late is freed in the end. A leak stays.
  const left = async () => {
    const after = await rest(server);
    expect(after.model).toEqual(before.model);
    expect(after.requests).toBeLessThanOrEqual(before.requests);
    expect(after.signals).toBeLessThanOrEqual(before.signals);
    expect(after.descriptors.length, after.descriptors.join()).toBeLessThanOrEqual(
      before.descriptors.length,
    );
    expect(after.unfinished).toEqual([]);
  };
  await vi.waitFor(left, { timeout: 60_000, interval: 1_000 });
  expect((await generate(server.url, { response_format: "url" })).status).toBe(200);
  expect(server.output).not.toMatch(/^(?:warning|error): |MaxListeners/m);
});

const preview = "image_generation.partial_image";

/** A request, and the event at which its client hangs up. Without one it does so at a random moment. */
interface HangUp {
  readonly body: object;
  readonly until?: string;
}

const kinds: readonly HangUp[] = [
  { body: {} },
  { body: { response_format: "url", n: 2 } },
  { body: { stream: true } },
  { body: { stream: true, partial_images: 3 } },
  { body: { stream: true }, until: "progress" },
  { body: { stream: true, partial_images: 2, size: "128x128" }, until: preview },
];

/** Milliseconds that requests take when `atOnce` of them run. */
async function duration(server: ImageServer): Promise<number> {
  const start = performance.now();
  const replies = await Promise.all(
    Array.from({ length: atOnce }, () => generate(server.url, kinds[1]!.body)),
  );
  await Promise.all(replies.map((reply) => reply.text()));
  return performance.now() - start;
}

/** Returns the last events that the clients had heard. */
async function hangUps(server: ImageServer, count: number, maxDelay: number): Promise<Set<string>> {
  let left = count;
  const heard = new Set<string>();
  const client = async () => {
    while (left-- > 0) {
      heard.add(await hangUp(server, kinds[left % kinds.length]!, Math.random() * maxDelay));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return heard;
}

/** Asks, reads, and hangs up at its event or after so many milliseconds. */
async function hangUp(
  { url }: ImageServer,
  { body, until }: HangUp,
  after: number,
): Promise<string> {
  const asking = request(`${url}/v1/images/generations`, {
    method: "POST",
    agent: false,
    headers: { "content-type": "application/json" },
  });
  let text = "";
  const last = () => [...text.matchAll(/^event: (.*)$/gm)].at(-1)?.[1] ?? "nothing";
  const reached = new Promise<void>((resolve) => {
    asking
      .on("error", () => {})
      .on("response", (reply) => {
        reply
          .on("error", () => {})
          .on("data", (chunk) => {
            text += chunk;
            if (text.includes(`event: ${until}\n`)) resolve();
          });
      });
  });
  asking.end(JSON.stringify({ prompt: "a red apple", num_inference_steps: 4, ...body }));
  await (until ? reached : sleep(after));
  asking.destroy();
  return until ?? last();
}

/** The resources that the server still holds once nothing runs. */
async function rest(server: ImageServer) {
  const idle = async () => {
    const found = await (
      await fetch(`${server.url}/v1/models/${model}`, { headers: closing })
    ).json();
    return found.waiting === 0 && found;
  };
  const { memory, graphs } = await vi.waitUntil(idle, 60_000);
  let last = await held(server);
  // A run under way ends by itself, and its request with it.
  for (let settled = false; !settled;) {
    await sleep(1_000);
    const next = await held(server);
    settled =
      next.requests === last.requests && next.descriptors.length === last.descriptors.length;
    last = next;
  }
  const files = await readdir(join(server.data, "files"));
  const unfinished = files.filter((name) => name.endsWith(".part"));
  const open = graphs.filter((graph: { open: boolean }) => graph.open).length;
  return { ...last, unfinished, model: { leased: memory.leased, open } };
}
