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
const count = Number(process.env["KINDRED_FUZZ_REQUESTS"] ?? 5_000);
const seed = Number(process.env["KINDRED_FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
/** Requests that are under way together at one server. A seed repeats the requests, not how those of several lanes meet. */
const atOnce = 4;
/** The share of requests that go to real graphs. */
const realShare = 0.01;

let fuzzed: FuzzServers;
let picture: Buffer;
beforeAll(async () => {
  if (!isAsked) return;
  fuzzed = await fuzzServers();
  const create = { width: 64, height: 64, channels: 3, background: "firebrick" } as const;
  picture = await sharp({ create }).png().toBuffer();
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
    const { servers, folder } = fuzzed;
    const statuses = new Map<number | "hung up", number>();
    let isFailed = false;
    using sender = new Sender();
    const fuzz = async (server: FuzzServer, lane: number, numRuns: number): Promise<void> => {
      const judge = new Judge(server);
      const ask = async (request: FuzzRequest): Promise<void> => {
        const reply = await sender.send(server.url, request);
        const status = reply?.status ?? "hung up";
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (reply) judge.judge(request, reply);
      };
      let isOwn = false;
      const property = fc.asyncProperty(
        fuzzRequests(server, { folder, picture }),
        async (request) => {
          // A lane that failed looks for a smaller request; the others end.
          if (isFailed && !isOwn) return;
          await ask(request).catch((error: unknown) => {
            isFailed = isOwn = true;
            throw error;
          });
        },
      );
      await fc.assert(property, { seed: seed + lane, numRuns }).catch((error: Error) => {
        throw new Error(`${server.name}, seed ${seed}: ${error.message}`, { cause: error });
      });
    };
    const began = performance.now();
    const lanes = servers.flatMap((server) => Array.from({ length: atOnce }, () => server));
    const runs = shares(lanes);
    const ended = await Promise.allSettled(
      lanes.map((server, lane) => fuzz(server, lane, runs[lane]!)),
    );
    const seconds = Math.round((performance.now() - began) / 1000);
    const all = [...statuses.values()].reduce((sum, each) => sum + each, 0);
    console.log(
      `${all} requests in ${seconds} s, by the statuses of their replies:`,
      Object.fromEntries(statuses),
    );
    for (const each of ended) if (each.status === "rejected") throw each.reason;
    expect(all).toBe(count);
  },
);

test.runIf(isAsked)(
  "no request waits, and an ordinary one is answered, after all of them",
  async () => {
    for (const { url, key } of fuzzed.servers) {
      const authorization: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
      const reply = await fetch(`${url}/v1/embeddings`, {
        method: "POST",
        headers: { "content-type": "application/json", ...authorization },
        body: JSON.stringify({ model: models.embedding, input: "a red fox" }),
      });
      expect(reply.status).toBe(200);
      expect((await reply.json()).data).toHaveLength(1);
      await expect
        .poll(
          async () =>
            held(await (await fetch(`${url}/metrics`, { headers: authorization })).text()),
          {
            timeout: 30_000,
          },
        )
        .toEqual([]);
    }
  },
);

/** How many requests each lane makes, of all. */
function shares(lanes: readonly FuzzServer[]): readonly number[] {
  const real = lanes.filter(({ isReal }) => isReal).length;
  const ofReal = Math.floor((count * realShare) / real);
  const others = count - ofReal * real;
  const each = Math.floor(others / (lanes.length - real));
  let left = others - each * (lanes.length - real);
  return lanes.map(({ isReal }) => (isReal ? ofReal : each + (left-- > 0 ? 1 : 0)));
}

/** The lines of metrics that say that a request waits for a model. */
function held(metrics: string): readonly string[] {
  return metrics
    .split("\n")
    .filter((line) => line.startsWith("kindred_queue_size{") && !line.endsWith(" 0"));
}
