import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { models } from "../../packages/plugin-diffusion/test/pictures/golden.ts";
import { writeFolder } from "../../packages/plugin-diffusion/test/pictures/synthetic-folder.ts";
import { bertFolder, tiny } from "./bert-folder.ts";
import { embed, get, post } from "./client.ts";
import { measured } from "./measured.ts";
import type { Measured } from "./measured.ts";
import { graphsOf, isAlive } from "./process-tree.ts";

const patience = { timeout: 30_000 };

describe.skipIf(!process.env["KINDRED_FULL"])("processes that hang (KINDRED_FULL=1)", () => {
  let folder: Awaited<ReturnType<typeof bertFolder>>;

  beforeAll(async () => {
    folder = await bertFolder(tiny);
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  /** A server whose graph's process is stopped, with a request in it. */
  async function stopped(options: { readonly runTimeout?: number; readonly deadline?: number }) {
    const { runTimeout, ...rest } = options;
    const source = folder.path;
    const launch = { id: "model", source, ...(runTimeout !== undefined && { runTimeout }) };
    const server = await measured({ models: [launch], ...rest });
    await embed(server.url, { input: "warm" });
    const [graph] = graphsOf(server.pid);
    process.kill(graph!, "SIGSTOP");
    const held = embed(server.url, { input: "a text" });
    await vi.waitUntil(async () => (await running(server)) !== undefined, patience);
    return { server, graph: graph!, held };
  }

  test("a stopped process is told by /v1/models, fails its request, and the next is served by another", async () => {
    const { server, graph, held } = await stopped({ runTimeout: 4 });
    await using _ = server;
    const next = embed(server.url, { input: "another text" });
    await vi.waitFor(async () => {
      expect(await running(server)).toMatchObject({ maxSeconds: 4, hangs: true });
    }, patience);
    const { status, body } = await held;
    expect(status).toBe(500);
    expect(body.error).toMatchObject({
      code: "GRAPH_FAILED",
      message: expect.stringMatching(/"bert" of "model" had not answered after 4\.\d s/),
    });
    expect((await next).status).toBe(200);
    expect(isAlive(graph)).toBe(false);
    expect(await running(server)).toBeUndefined();
  });

  test("a stopped process does not keep a server from ending at its deadline", async () => {
    const { server, graph, held } = await stopped({ deadline: 500 });
    const before = performance.now();
    server.kill("SIGTERM");
    const { status, body } = await held;
    expect([status, body.error.code]).toEqual([503, "CLOSED"]);
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(isAlive(graph)).toBe(false);
  });
});

describe.skipIf(!process.env["KINDRED_FULL"])(
  "a picture that nobody waits for (KINDRED_FULL=1)",
  () => {
    const huge = { prompt: "a fox", size: "1536x1536", num_inference_steps: 50, n: 1 };
    const small = { prompt: "a hare", size: "32x64", num_inference_steps: 2 };
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "kindred-hangs-"));
      await writeFolder(folder, models["sd15-short"]!);
    });
    afterAll(() => rm(folder, { recursive: true }));

    const draw = (server: Measured, body: object, signal?: AbortSignal) =>
      post(`${server.url}/v1/images/generations`, body, signal);

    /** A server whose model draws, for a client that will hang up. */
    async function drawing(deadline?: number) {
      const options = { memory: 64e9, ...(deadline !== undefined && { deadline }) };
      const server = await measured({ models: [{ id: "model", source: folder }], ...options });
      expect((await draw(server, small)).status).toBe(200);
      const client = new AbortController();
      const asked = draw(server, huge, client.signal).catch(() => {});
      await vi.waitUntil(async () => (await running(server, "unet")) !== undefined, patience);
      return { server, client, asked };
    }

    test("holds the next request no longer than a grace and an opening", async () => {
      const { server, client, asked } = await drawing();
      await using _ = server;
      const next = draw(server, small);
      const before = performance.now();
      client.abort();
      expect((await next).status).toBe(200);
      const milliseconds = performance.now() - before;
      console.log(`The next request was answered after ${Math.round(milliseconds)} ms.`);
      // The abandoned picture would take minutes more. A busy machine needs seconds for a grace, an opening and the small one.
      expect(milliseconds).toBeLessThan(60_000);
      await asked;
    });

    test("does not keep a server from ending at its deadline", async () => {
      const { server, asked } = await drawing(500);
      const before = performance.now();
      server.kill("SIGTERM");
      await asked;
      expect(await server.ended).toEqual({ code: 0, signal: null });
      expect(performance.now() - before).toBeLessThan(10_000);
    });
  },
);

/** What /v1/models says of the run of a graph that is under way: of this one, or of the first. */
async function running(server: Measured, graph?: string): Promise<object | undefined> {
  const { body } = await get(`${server.url}/v1/models/model`);
  const graphs: { name: string; running?: object }[] = body.graphs;
  return graphs.find(({ name }) => graph === undefined || name === graph)?.running;
}
