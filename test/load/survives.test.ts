import { execFileSync } from "node:child_process";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { bertFolder, talkative } from "./bert-folder.ts";
import { embed, get } from "./client.ts";
import { measured } from "./measured.ts";
import type { Measured } from "./measured.ts";
import { graphsOf, virtualBytes } from "./process-tree.ts";
import { text, texts } from "./texts.ts";

describe.skipIf(!process.env["KINDRED_FULL"])("graph processes that die (KINDRED_FULL=1)", () => {
  let folder: Awaited<ReturnType<typeof bertFolder>>;
  let server: Measured;

  beforeEach(async () => {
    folder = await bertFolder(talkative);
    server = await measured({ models: [{ id: "model", source: folder.path, replicas: 1 }] });
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  test("a process killed in a run fails the request in that run and no other", async () => {
    await embed(server.url, { input: "warm" });
    const [graph] = graphsOf(server.pid);
    process.kill(graph!, "SIGSTOP");
    const replies = [0, 1, 2].map(() => embed(server.url, { input: texts(2, 512) }));
    await vi.waitUntil(async () => {
      const { runs, models } = await server.ask("figures");
      return runs.started === runs.ended + 1 && models[0]?.waiting === 3;
    }, 30_000);
    process.kill(graph!, "SIGKILL");
    const answers = await Promise.all(replies);
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([200, 200, 500]);
    const { error } = answers.find(({ status }) => status === 500)!.body;
    expect(error.code).toBe("GRAPH_FAILED");
    expect(error.message).toMatch(
      /killed by SIGKILL, most likely out of memory.*It needs .* Send a smaller input/,
    );
    expect((await embed(server.url, { input: "again" })).status).toBe(200);
    expect(graphsOf(server.pid)).toHaveLength(1);
  });

  test("a process out of memory in a run fails that request, and smaller requests are answered", async () => {
    await embed(server.url, { input: "warm" });
    const [graph] = graphsOf(server.pid);
    execFileSync("prlimit", [`--pid=${graph}`, `--as=${virtualBytes(graph!) + 1_000_000}`]);
    const { status, body } = await embed(server.url, { input: text(512) });
    expect(status).toBe(500);
    expect(body.error.code).toBe("GRAPH_FAILED");
    expect(body.error.message).toMatch(/It needs .* its lease has .* Send a smaller input/);
    expect((await embed(server.url, { input: "again" })).status).toBe(200);
  });

  test("weights truncated after the start are refused, and are served again once they are whole", async () => {
    await truncate(join(folder.path, "model.safetensors"), 100_000);
    const { status, body } = await embed(server.url, { input: "a text" });
    expect(status).toBe(500);
    expect(body.error.code).toBe("LOAD_FAILED");
    expect(body.error.message).toMatch(
      /"model" changed on disk, in its graph "[^"]+": model\.safetensors has 100000 bytes/,
    );
    expect(graphsOf(server.pid)).toEqual([]);
    const [info] = (await server.ask("figures")).models;
    expect(info).toMatchObject({ state: "failed", reason: body.error.message });
    await using whole = await bertFolder(talkative);
    await server.ask("unload", "model");
    await server.ask("load", { id: "model", source: whole.path });
    expect((await embed(server.url, { input: "a text" })).status).toBe(200);
  });

  test("a process that dies at its start leaves a reason, no process and no lease", async () => {
    const script = fileURLToPath(new URL("dies-at-once.mjs", import.meta.url));
    await using doomed = await measured({
      models: [{ id: "model", source: folder.path }],
      script,
    });
    const answers = await Promise.all([0, 1, 2].map(() => embed(doomed.url, { input: "a text" })));
    for (const { status, body } of answers) {
      expect(status).toBe(500);
      expect(body.error.message).toMatch(/ended with exit code 7: no library/);
    }
    expect(graphsOf(doomed.pid)).toEqual([]);
    const { body } = await get(`${doomed.url}/v1/models/model`);
    expect(body).toMatchObject({ state: "ready", memory: { leased: 0 }, waiting: 0 });
  });
});
