import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ModelInfo } from "@kindred/core";
import { bertFolder, bgeSmall } from "./bert-folder.ts";
import { embed, get } from "./client.ts";
import { measured } from "./measured.ts";
import { graphsOf } from "./process-tree.ts";
import { text } from "./texts.ts";

describe.skipIf(!process.env["KINDRED_FULL"])("models that share memory (KINDRED_FULL=1)", () => {
  let folder: Awaited<ReturnType<typeof bertFolder>>;
  let needed: number;

  beforeAll(async () => {
    folder = await bertFolder(bgeSmall);
    await using server = await measured({ models: [{ id: "model", source: folder.path }] });
    await embed(server.url, { input: text(512) });
    needed = (await server.ask("figures")).models[0]!.memory!.needed;
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  test("two models that do not fit together, asked in alternation by eight clients, evict each other", async () => {
    const models = ["one", "other"].map((id) => ({ id, source: folder.path }));
    const memory = Math.round(1.5 * needed);
    await using server = await measured({ models, memory });
    let most = 0;
    const client = async (number: number) => {
      for (let i = 0; i < 10; i++) {
        const model = models[(number + i) % 2]!.id;
        const { status, body } = await embed(server.url, { model, input: text(100, i) });
        expect(status, JSON.stringify(body.error)).toBe(200);
        const infos: ModelInfo[] = (await get(`${server.url}/v1/models`)).body.data;
        const leased = infos.reduce((sum, info) => sum + info.memory!.leased, 0);
        expect(leased).toBeLessThanOrEqual(memory);
        most = Math.max(most, leased);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, i) => client(i)));
    const { opened, models: infos } = await server.ask("figures");
    expect(most).toBeGreaterThan(0);
    expect(opened.started).toBeGreaterThan(2);
    expect(infos.map(({ waiting }) => waiting)).toEqual([0, 0]);
    expect(graphsOf(server.pid)).toHaveLength(1);
  }, 120_000);

  test("a model that can never fit is refused with the numbers, and nothing is opened", async () => {
    const memory = 150_000_000;
    await using server = await measured({ models: [{ id: "big", source: folder.path }], memory });
    const { body } = await get(`${server.url}/v1/models/big`);
    expect(body.state).toBe("failed");
    expect(body.reason).toMatch(/"big" needs 2\d\d(\.\d)? MB at once; cpu has 150(\.0)? MB in all/);
    const { status } = await embed(server.url, { model: "big", input: "a text" });
    expect(status).toBe(503);
    expect((await server.ask("figures")).opened.started).toBe(0);
    expect(graphsOf(server.pid)).toEqual([]);
  });
});
