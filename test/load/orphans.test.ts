import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { models } from "../../packages/plugin-diffusion/test/pictures/golden.ts";
import { writeFolder } from "../../packages/plugin-diffusion/test/pictures/synthetic-folder.ts";
import { post } from "./client.ts";
import { measured } from "./measured.ts";
import { childrenOf, isAlive } from "./process-tree.ts";

const kills = Array.from({ length: 20 }, (_, i) => [i + 1]);

describe.skipIf(!process.env["KINDRED_FULL"])(
  "a server killed while it draws (KINDRED_FULL=1)",
  () => {
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "kindred-orphans-"));
      await writeFolder(folder, models["sd15-short"]!);
    });
    afterAll(() => rm(folder, { recursive: true }));

    test.each(kills)("at a random moment leaves no process after a second (%i)", async () => {
      const server = await measured({ models: [{ id: "model", source: folder }], memory: 64e9 });
      const body = { prompt: "a fox", size: "768x768", num_inference_steps: 50 };
      const asked = post(`${server.url}/v1/images/generations`, body).catch(() => {});
      await vi.waitUntil(() => childrenOf(server.pid).length > 0, { interval: 5 });
      await new Promise((resolve) => setTimeout(resolve, 3_000 * Math.random()));
      // It starts no further process once it is stopped.
      server.kill("SIGSTOP");
      const children = childrenOf(server.pid);
      expect(children.length).toBeGreaterThan(0);
      server.kill("SIGKILL");
      await vi.waitFor(() => expect(children.filter(isAlive)).toEqual([]), {
        timeout: 1000,
        interval: 50,
      });
      await asked;
    });
  },
);
