import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bertFolder, talkative } from "./bert-folder.ts";
import { embed, get } from "./client.ts";
import { measured } from "./measured.ts";
import type { Measured } from "./measured.ts";
import { graphsOf, isAlive, tokenizersOf } from "./process-tree.ts";
import { texts } from "./texts.ts";

const patience = { timeout: 30_000 };

describe.skipIf(!process.env["KINDRED_FULL"])("a server's end under load (KINDRED_FULL=1)", () => {
  let folder: Awaited<ReturnType<typeof bertFolder>>;

  beforeAll(async () => {
    folder = await bertFolder(talkative);
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  /** Starts a server, and puts twenty requests into its queue. Returns it with the process of its graph. */
  async function busy(size: number, deadline?: number) {
    const models = [{ id: "model", source: folder.path }];
    const server = await measured({ models, ...(deadline !== undefined && { deadline }) });
    await embed(server.url, { input: "warm" });
    const [graph] = graphsOf(server.pid);
    process.kill(graph!, "SIGSTOP");
    const replies = Array.from({ length: 20 }, () =>
      embed(server.url, { input: texts(size, 512) }),
    );
    await vi.waitUntil(async () => (await accepted(server)) === 20, patience);
    process.kill(graph!, "SIGCONT");
    return { server, replies, graph: graph! };
  }

  test("after SIGTERM, accepted requests are answered and later ones are refused", async () => {
    const { server, replies, graph } = await busy(4);
    server.kill("SIGTERM");
    const refused = () =>
      get(`${server.url}/health`).then(
        () => false,
        () => true,
      );
    await vi.waitUntil(refused, patience);
    for (const { status, body } of await Promise.all(replies)) {
      expect(status).toBe(200);
      expect(body.data).toHaveLength(4);
    }
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(isAlive(graph)).toBe(false);
  });

  test("requests that the deadline cuts short are answered CLOSED, and the server ends", async () => {
    const { server, replies, graph } = await busy(100, 500);
    server.kill("SIGTERM");
    for (const { status, body } of await Promise.all(replies)) {
      expect(status).toBe(503);
      expect(body.error).toMatchObject({
        code: "CLOSED",
        message: expect.stringContaining("shutting down"),
      });
    }
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(isAlive(graph)).toBe(false);
  });

  test("a server that its application closes during runs answers them and ends", async () => {
    const { server, replies, graph } = await busy(4);
    await server.ask("close");
    for (const { status } of await Promise.all(replies)) expect(status).toBe(200);
    expect(isAlive(graph)).toBe(false);
    expect(await server.ended).toEqual({ code: 0, signal: null });
  });

  test("after SIGKILL of the server no process is left", async () => {
    const { server, replies, graph } = await busy(50);
    const own = [graph, ...tokenizersOf(server.pid)];
    expect(own).toHaveLength(2);
    const lost = Promise.allSettled(replies);
    server.kill("SIGKILL");
    await vi.waitFor(() => expect(own.filter(isAlive)).toEqual([]), { timeout: 1000 });
    await lost;
  });
});

async function accepted(server: Measured): Promise<number | undefined> {
  return (await server.ask("figures")).models[0]?.waiting;
}
