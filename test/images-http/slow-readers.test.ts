import { once } from "node:events";
import { request } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { held } from "./held.ts";
import { closing, generate, imageServer } from "./image-server.ts";
import type { ImageServer } from "./image-server.ts";

const readers = 100;
const maxBytes = 50e6;
const body = { stream: true, partial_images: 3, size: "256x256" };

test.skipIf(!process.env["KINDRED_FULL"])(
  `${readers} slow readers cost the server at most 50 MB, and it gets them back (KINDRED_FULL=1)`,
  { timeout: 1_200_000 },
  async () => {
    await using server = await imageServer({ imports: ["probe.mjs"] });
    for (let i = 0; i < 10; i++) await (await generate(server.url, body)).text();
    const before = await held(server);

    const slow: ClientRequest[] = [];
    while (slow.length < readers) slow.push(await answered(server));
    const during = await held(server);
    expect(during.memory.rss - before.memory.rss).toBeLessThan(maxBytes);

    for (const asking of slow) asking.destroy();
    const back = async () => {
      const after = await held(server);
      expect(after.requests).toBeLessThanOrEqual(before.requests);
      expect(after.descriptors.length, after.descriptors.join()).toBeLessThanOrEqual(
        before.descriptors.length,
      );
      expect(used(after) - used(before)).toBeLessThan(maxBytes / 10);
    };
    await vi.waitFor(back, { timeout: 30_000, interval: 1_000 });
  },
);

function used({ memory }: Awaited<ReturnType<typeof held>>): number {
  return memory.heapUsed + memory.external;
}

/** Asks for a stream and never reads it. Resolves once the server has answered it whole. */
async function answered({ url }: ImageServer): Promise<ClientRequest> {
  const asking = request(`${url}/v1/images/generations`, {
    method: "POST",
    agent: false,
    headers: { "content-type": "application/json", "x-request-id": `slow` },
  });
  asking.on("error", () => {});
  asking.end(JSON.stringify({ prompt: "a red apple", num_inference_steps: 4, ...body }));
  const [reply] = (await once(asking, "response")) as [IncomingMessage];
  expect(reply.statusCode).toBe(200);
  const progress = () => fetch(`${url}/v1/requests/slow/progress`, { headers: closing });
  const running = async () => (await progress()).status === 200;
  while (await running()) await sleep(20);
  return asking;
}
