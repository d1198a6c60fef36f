import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fuzzRequests } from "./fuzz-requests.ts";
import type { FuzzRequest } from "./fuzz-requests.ts";
import { fuzzServers, models } from "./fuzz-server.ts";
import type { FuzzServer, FuzzServers } from "./fuzz-server.ts";
import { Judge } from "./judge.ts";
import { Sender } from "./send.ts";

const isAsked = process.env["KINDRED_FUZZ"] !== undefined;
/** Requests over all servers. */
const count = Number(process.env["KINDRED_FUZZ_REQUESTS"] ?? 1_000);
const seed = Number(process.env["KINDRED_FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
/** Requests that are under way together, at most. */
const atOnce = 8;

let fuzzed: FuzzServers;
beforeAll(async () => {
  if (isAsked) fuzzed = await fuzzServers();
});
afterAll(async () => {
  if (isAsked) await fuzzed[Symbol.asyncDispose]();
});

test.runIf(isAsked)(
  "requests made of the document, valid and broken, are answered as it says",
  { timeout: 0 },
  async () => {
    console.log(
      `Seed ${seed}, ${count} requests. Again: KINDRED_FUZZ_SEED=${seed} KINDRED_FUZZ_REQUESTS=${count} npm run test:fuzz`,
    );
    const create = { width: 64, height: 64, channels: 3, background: "firebrick" } as const;
    const picture = await sharp({ create }).png().toBuffer();
    const { servers, folder } = fuzzed;
    const statuses = new Map<number | "hung up", number>();
    using sender = new Sender();
    const fuzz = async (server: FuzzServer, part: number): Promise<void> => {
      const judge = new Judge(server);
      const ask = async (request: FuzzRequest): Promise<void> => {
        const reply = await sender.send(server.url, request);
        const status = reply?.status ?? "hung up";
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (reply) judge.judge(request, reply);
      };
      const together = fc.array(fuzzRequests(server, { folder, picture }), {
        minLength: 1,
        maxLength: atOnce,
        size: "max",
      });
      const property = fc.asyncProperty(together, async (requests) => {
        await Promise.all(requests.map(ask));
      });
      await fc.assert(property, { seed, numRuns: Math.ceil((2 * part) / (atOnce + 1)) });
    };
    for (const server of servers) {
      await fuzz(server, Math.ceil(count / servers.length)).catch((error: Error) => {
        throw new Error(`${server.name}, seed ${seed}: ${error.message}`, { cause: error });
      });
    }
    console.log("Answers by their statuses:", Object.fromEntries(statuses));
  },
);

test.runIf(isAsked)("an ordinary request is answered after all of them", async () => {
  for (const { url, key } of fuzzed.servers) {
    const reply = await fetch(`${url}/v1/embeddings`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(key && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ model: models.embedding, input: "a red fox" }),
    });
    expect(reply.status).toBe(200);
    expect((await reply.json()).data).toHaveLength(1);
  }
});
