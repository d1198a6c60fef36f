import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bertFolder, talkative } from "./bert-folder.ts";
import { embed } from "./client.ts";
import { measured } from "./measured.ts";
import type { Measured } from "./measured.ts";
import { text, texts } from "./texts.ts";

/** Tokens of a text that fills a run alone. */
const tokens = 512;

describe.skipIf(!process.env["KINDRED_FULL"])("a fair queue under load (KINDRED_FULL=1)", () => {
  let folder: Awaited<ReturnType<typeof bertFolder>>;
  let server: Measured;

  beforeAll(async () => {
    folder = await bertFolder(talkative);
    server = await measured({ models: [{ id: "model", source: folder.path, replicas: 1 }] });
    await embed(server.url, { input: "warm" });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  test("beside 512 long texts, one text waits for the current run and one more", async () => {
    const many = embed(server.url, { input: texts(512, tokens) });
    const before = (await server.ask("figures")).runs.ended;
    await vi.waitUntil(async () => (await server.ask("figures")).runs.ended > before, 30_000);
    for (let i = 0; i < 10; i++) {
      const runs = await server.ask("runsUntilAnswer", "model", [text(tokens, i)]);
      expect(runs).toBeLessThanOrEqual(3);
    }
    expect((await server.ask("figures")).models[0]).toMatchObject({ waiting: 1 });
    expect((await many).status).toBe(200);
  });

  test("ten clients with very different numbers of texts advance in rotation", async () => {
    const sizes = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89];
    const runs = await Promise.all(
      sizes.map((size) => server.ask("runsUntilAnswer", "model", texts(size, tokens))),
    );
    for (const [i, size] of sizes.entries()) {
      // In rotation, no other request runs more texts than this one until this one has run its last.
      const turns = sizes.reduce((sum, other) => sum + Math.min(size, other), 0);
      expect(runs[i]).toBeGreaterThanOrEqual(size);
      expect(runs[i]).toBeLessThanOrEqual(turns + sizes.length);
    }
  });
});
