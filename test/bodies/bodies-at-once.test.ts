import { Agent, request } from "node:http";
import type { ClientRequest, RequestOptions } from "node:http";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { kindred, start } from "../started.ts";

const clients = 60;
const bodyBytes = 32 << 20;
const full = process.env["KINDRED_FULL"] !== undefined;

const json = (text: string): Buffer =>
  Buffer.from(JSON.stringify({ model: "demo-embedding", input: text }));
const one = json("a").length - 1;
/** A text of one letter: 32 MiB in 109 bytes. */
const repeated = json("a".repeat(bodyBytes - one));
/** Half of it one letter, and half random, so that it inflates by less than any bound on that. */
const mixed = (): Buffer => {
  const noise = Array.from({ length: 400_000 }, () => ((Math.random() * 36) | 0).toString(36));
  return json(noise.join("").padEnd(bodyBytes - one - 1, "a"));
};

const kinds: readonly (readonly [string, string, () => Buffer, boolean])[] = [
  ["of 109 bytes of brotli", "br", () => brotli(repeated), true],
  ["of gzip that inflates by 80", "gzip", () => gzipSync(mixed()), full],
  ["that are not compressed", "identity", () => repeated, full],
  ["that are not compressed, of characters beyond Latin-1", "identity", () => wide(), full],
];

test.each(kinds.filter(([, , , here]) => here))(
  `${clients} bodies %s do not end a server of 1 GB, which answers others meanwhile`,
  { timeout: 600_000 },
  async (_, encoding, make) => {
    const body = make();
    const env = { ...process.env, NODE_OPTIONS: "--max-old-space-size=1024" };
    await using server = await start(kindred, ["serve", "--port", "0"], { env });
    // A connection that is to be closed breaks under a client that still sends, and may lose the reply.
    const agent = new Agent({ keepAlive: true });
    const send = (bytes: Buffer, as: string): Promise<number> =>
      statusOf(request(`${server.url}/v1/embeddings`, { agent, ...post(as) }), bytes);
    const sent = Array.from({ length: clients }, () => send(body, encoding));
    const all = Promise.all(sent);
    let settled = false;
    void all.finally(() => (settled = true));
    do expect(await send(json("a red fox"), "identity")).toBe(200);
    while (!settled);
    const statuses = new Set(await all);
    expect([400, 413, 429]).toEqual(expect.arrayContaining([...statuses]));
    expect(await send(json("a red fox"), "identity")).toBe(200);
    agent.destroy();
  },
);

function wide(): Buffer {
  return json(`漢${"a".repeat(bodyBytes - one - 3)}`);
}

function brotli(bytes: Buffer): Buffer {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
}

function post(encoding: string): RequestOptions {
  const headers = { "content-type": "application/json", "content-encoding": encoding };
  return { method: "POST", headers };
}

/** The status of the reply to a request with this body. */
function statusOf(sending: ClientRequest, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    sending.once("error", reject).once("response", (reply) => {
      reply.resume().once("end", () => resolve(reply.statusCode!));
    });
    sending.end(body);
  });
}
