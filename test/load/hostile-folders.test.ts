import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { models } from "../../packages/plugin-diffusion/test/pictures/golden.ts";
import { writeFolder } from "../../packages/plugin-diffusion/test/pictures/synthetic-folder.ts";
import { bertFolder, tiny } from "./bert-folder.ts";
import { embed, get } from "./client.ts";
import { hostileFolders, hostileMembers } from "./hostile-folders.ts";
import { json } from "./hostile-files.ts";
import type { Make } from "./hostile-files.ts";
import { measured } from "./measured.ts";
import type { Measured } from "./measured.ts";
import { peakBytes } from "./process-tree.ts";

/** Milliseconds that one load may hold the event loop, and bytes that all may add to the server's memory. */
const maxLag = 100;
const maxBytes = 300e6;

describe.skipIf(!process.env["KINDRED_FULL"])(
  "hostile folders beside a model that is served (KINDRED_FULL=1)",
  { timeout: 120_000 },
  () => {
    let root: string;
    let server: Measured;
    let answering: Promise<void>;
    let ended = false;
    let bytes: number;

    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), "kindred-hostile-"));
      await using folder = await bertFolder(tiny);
      await cp(folder.path, join(root, "bert"), { recursive: true });
      await writeFolder(join(root, "diffusion"), models["sd-turbo"]!);
      server = await measured({ models: [{ id: "good", source: join(root, "bert") }] });
      await embed(server.url, { model: "good", input: "warm" });
      bytes = peakBytes(server.pid);
      answering = keepAnswering();
    }, 120_000);

    afterAll(async () => {
      ended = true;
      await answering;
      await server[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    });

    async function keepAnswering(): Promise<void> {
      while (!ended) {
        const { status } = await embed(server.url, { model: "good", input: "still there?" });
        expect(status).toBe(200);
      }
    }

    /** Launches a copy of a sound folder in which one file is another. */
    async function refused(
      id: string,
      { of, file, make, says, without = [] }: Launching,
    ): Promise<void> {
      const path = join(root, id.replaceAll(" ", "-"));
      await cp(join(root, of), path, { recursive: true });
      for (const name of [file, ...without]) await rm(join(path, name), { force: true });
      await make(join(path, file));
      await server.ask("resetLag");
      const loading = server.ask("load", { id, source: path, loadTimeout: 30 });
      await expect(loading).rejects.toMatchObject({ message: expect.stringMatching(says) });
      const { lag } = await server.ask("figures");
      expect(lag.own.max).toBeLessThan(maxLag);
      const { body } = await get(`${server.url}/v1/models/${encodeURIComponent(id)}`);
      expect(body).toMatchObject({ id, state: "failed", reason: expect.stringMatching(says) });
      await rm(path, { recursive: true });
    }

    test.each(Object.entries(hostileFolders))("%s", refused);

    test.each(Object.entries(hostileMembers))("a Stable Diffusion with %s", async (id, hostile) => {
      const { file, members, says } = hostile;
      const sound = JSON.parse(await readFile(join(root, "diffusion", file), "utf8"));
      await refused(id, { of: "diffusion", file, make: json({ ...sound, ...members }), says });
    });

    test("a folder of twenty thousand files", async () => {
      const make: Make = async (folder) => {
        const names = Array.from({ length: 20_000 }, (_, i) => `${folder}.${i}`);
        for (const name of names) await writeFile(name, "");
      };
      await refused("files", { of: "bert", file: "a", make, says: /more than 10000 files/ });
    });

    test("all of them took little memory, and the good model answered all the time", async () => {
      expect(peakBytes(server.pid) - bytes).toBeLessThan(maxBytes);
      const { status } = await embed(server.url, { model: "good", input: "still there?" });
      expect(status).toBe(200);
    });
  },
);

interface Launching {
  readonly of: "bert" | "diffusion";
  readonly file: string;
  readonly make: Make;
  readonly says: RegExp;
  readonly without?: readonly string[];
}
