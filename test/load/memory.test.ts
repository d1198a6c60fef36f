import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ModelInfo } from "@kindred/core";
import { bertFolder, bgeSmall, e5Large, tiny } from "./bert-folder.ts";
import type { Geometry } from "./bert-folder.ts";
import { embed, get } from "./client.ts";
import { measured } from "./measured.ts";
import { graphsOf, peakBytes, treeBytes } from "./process-tree.ts";

const sizes = { tiny, "bge-small": bgeSmall, "e5-large": e5Large };

describe.skipIf(!process.env["KINDRED_FULL"]).each(Object.entries(sizes))(
  "the memory of %s (KINDRED_FULL=1)",
  (id, geometry) => {
    let folder: Awaited<ReturnType<typeof bertFolder>>;

    beforeAll(async () => {
      folder = await bertFolder(geometry);
    }, 120_000);
    afterAll(async () => {
      await folder[Symbol.asyncDispose]();
    });

    test("agrees with the stated memory within a fifth, and is returned when the model is unloaded", async () => {
      await using server = await measured({ models: [{ id, source: folder.path }] });
      const before = treeBytes(server.pid);
      const { status } = await embed(server.url, { input: allOver(geometry) });
      expect(status).toBe(200);
      const [graph] = graphsOf(server.pid);
      const stated: ModelInfo = (await get(`${server.url}/v1/models/${id}`)).body;
      const peak = peakBytes(graph!);
      expect(stated.memory!.needed / peak).toBeGreaterThan(0.8);
      expect(stated.memory!.needed / peak).toBeLessThan(1.2);
      await server.ask("unload", id);
      expect(graphsOf(server.pid)).toEqual([]);
      expect(treeBytes(server.pid) - before).toBeLessThan(30_000_000);
    }, 120_000);

    test("is returned when the model was idle for its keepAlive", async () => {
      const models = [{ id, source: folder.path, keepAlive: 0.1 }];
      await using server = await measured({ models });
      const before = treeBytes(server.pid);
      expect((await embed(server.url, { input: allOver(geometry) })).status).toBe(200);
      const closed = async () => {
        const { body } = await get(`${server.url}/v1/models/${id}`);
        return body.memory.leased === 0 && body.graphs[0].open === false;
      };
      await vi.waitUntil(closed, { timeout: 10_000 });
      expect(graphsOf(server.pid)).toEqual([]);
      expect(treeBytes(server.pid) - before).toBeLessThan(30_000_000);
      expect((await embed(server.url, { input: "anew" })).status).toBe(200);
    }, 120_000);
  },
);

/**
 * Texts of maximal length, with ids from all over the vocabulary. A mapped page of the checkpoint counts as memory once it is
 * read, and Linux maps sixteen pages around each page that is read.
 */
function allOver({ vocab_size }: Geometry): number[][] {
  const length = 510;
  const apart = 8;
  return Array.from({ length: Math.ceil(vocab_size / apart / length) }, (_, row) =>
    Array.from({ length }, (_, i) => ((row * length + i) * apart) % vocab_size),
  );
}
