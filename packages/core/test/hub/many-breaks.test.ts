import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fetchAll, home } from "./fetched.ts";
import { bytes, sha256, standIn } from "./stand-in.ts";
import type { Fault } from "./stand-in.ts";

/** Numbers from 0 to 1 that are the same for a seed. */
function random(seed: number): () => number {
  let count = 0;
  return () => Number(`0x${sha256(Buffer.from(`${seed} ${count++}`)).slice(0, 8)}`) / 2 ** 32;
}

describe.skipIf(!process.env["KINDRED_FULL"])("breaks of all kinds (KINDRED_FULL=1)", () => {
  test("200 downloads with breaks by chance end whole, and take 1.1 times the bytes at most", async () => {
    for (let seed = 0; seed < 200; seed++) {
      const next = random(seed);
      const size = 1_000_000 + Math.floor(3_000_000 * next());
      const files = {
        "config.json": "{}",
        "model-1.safetensors": bytes(size, seed),
        "model-2.safetensors": bytes(1_000_000, seed + 1000),
      };
      const headers = { "retry-after": "0" };
      const fault = (): Fault | undefined => {
        const kind = Math.floor(12 * next());
        const cut = Math.floor(size * next() ** 2);
        if (kind < 4) return { cut };
        if (kind === 4) return { stall: cut };
        if (kind === 5) return { status: 429, headers };
        return kind === 6 ? { status: 503 } : undefined;
      };
      await using hub = await standIn({ files, fault });
      await using at = await home();
      const env = at.env(hub, { HF_HUB_DOWNLOAD_TIMEOUT: "0.5" });
      const folder = await fetchAll({ env });
      for (const [path, content] of Object.entries(files)) {
        expect((await readFile(join(folder, path))).equals(Buffer.from(content)), `${seed}`).toBe(
          true,
        );
      }
      expect(hub.sent, `${seed}`).toBeLessThanOrEqual(1.1 * (size + 1_000_002));
    }
  }, 900_000);

  test("a cut at each of 400 places of a file, and at each byte of its first and last 40, is survived", async () => {
    const content = bytes(200_000);
    const edges = Array.from({ length: 40 }, (_, i) => [i, content.length - i]).flat();
    const places = [...edges, ...Array.from({ length: 400 }, (_, i) => i * 500)];
    for (const cut of places) {
      await using hub = await standIn({
        files: { "model.safetensors": content },
        fault: ({ path }, nth) =>
          path.endsWith(".safetensors") && nth === 1 ? { cut } : undefined,
      });
      await using at = await home();
      const folder = await fetchAll({ env: at.env(hub) });
      expect((await readFile(join(folder, "model.safetensors"))).equals(content), `${cut}`).toBe(
        true,
      );
    }
  }, 900_000);
});
