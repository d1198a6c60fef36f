import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { kindred, start } from "../started.ts";
import { postHead, rawClient } from "../../packages/server-koa/test/connections/raw-client.ts";

/** Asks on a new connection. Resolves to the reply's status, or the error's code. */
async function ask(url: string): Promise<unknown> {
  try {
    const asking = get(`${url}/health`, { agent: false });
    const [reply] = (await once(asking, "response")) as [IncomingMessage];
    reply.resume();
    await once(reply, "close");
    return reply.statusCode;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

const flood = fileURLToPath(new URL("flood.mjs", import.meta.url));

describe.skipIf(!process.env["KINDRED_FULL"])("many connections (KINDRED_FULL=1)", () => {
  test("none of 900 new connections around a SIGTERM is lost", async () => {
    await using server = await start(kindred, ["serve", "--port", "0", "--drain-seconds", "3"]);
    const asked: Promise<unknown>[] = [];
    for (let millisecond = 0; millisecond < 450; millisecond++) {
      asked.push(ask(server.url), ask(server.url));
      if (millisecond === 225) server.kill("SIGTERM");
      await sleep(1);
    }
    const lost = (await Promise.all(asked)).filter((told) => told !== 200);
    expect(lost).toEqual([]);
    expect(await server.ended).toBe(0);
  });

  test("hardly one of those that connect as the listener closes is lost, and later ones send nothing", async () => {
    await using server = await start(kindred, ["serve", "--port", "0"]);
    const told: Promise<unknown>[] = [];
    for (let i = 0; i < 900; i++) {
      told.push(ask(server.url));
      if (i === 100) server.kill("SIGTERM");
      await sleep(1);
    }
    const all = await Promise.all(told);
    expect(new Set(all)).toContain("ECONNREFUSED");
    const lost = all.filter((each) => each !== 200 && each !== "ECONNREFUSED");
    // The system resets a connection that is made between the last look at its queue and the end of the listener.
    expect(lost.length).toBeLessThanOrEqual(9);
    expect(await server.ended).toBe(0);
  });

  test("a hundred clients that pipeline do not hold up another", async () => {
    await using server = await start(kindred, ["serve", "--port", "0"]);
    await ask(server.url);
    const flooding = spawn(process.execPath, [flood, server.url]);
    await once(flooding.stdout, "data");
    const times: number[] = [];
    for (let i = 0; i < 20; i++) {
      const before = performance.now();
      expect(await ask(server.url)).toBe(200);
      times.push(performance.now() - before);
      await sleep(50);
    }
    flooding.kill();
    // Some 0.3 s on two busy cores; 25 s before requests had turns.
    expect(Math.max(...times)).toBeLessThan(3_000);
  });

  test("two hundred bodies that never end are gone after their time", async () => {
    await using server = await start(kindred, ["serve", "--port", "0"]);
    const paths = ["/v1/embeddings", "/nowhere"];
    const clients = Array.from({ length: 200 }, (_, i) =>
      rawClient(server.url, `${postHead(paths[i % 2]!, 1_000_000)}{`),
    );
    const before = performance.now();
    await Promise.all(clients.map(({ closed }) => closed));
    expect(performance.now() - before).toBeLessThan(60_000);
    expect(await ask(server.url)).toBe(200);
  });
});
