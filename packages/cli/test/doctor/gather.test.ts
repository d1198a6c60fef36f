import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kindred, start } from "../../../../test/started.ts";
import { instructionsIn } from "../../src/doctor/gather.ts";
import { gatherFolder } from "../../src/doctor/gather-folder.ts";
import { gatherPort, listening } from "../../src/doctor/gather-port.ts";
import { command } from "../command.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-doctor-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("a folder", () => {
  test("that exists is written to without a trace", async () => {
    expect(await gatherFolder(folder)).toEqual({
      path: folder,
      exists: true,
      freeBytes: expect.any(Number),
      takesLinks: true,
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test("that does not exist is judged by the one above it", async () => {
    const path = join(folder, "not", "there");
    expect(await gatherFolder(path)).toEqual({
      path,
      exists: false,
      freeBytes: expect.any(Number),
    });
  });

  test("that a file is in the way of cannot be written", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    expect(await gatherFolder(join(file, "data"))).toMatchObject({
      unwritable: `${file} is a file`,
    });
    await rm(file);
  });
});

describe("a port", () => {
  test("that is free is free afterwards, too", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    for (let i = 0; i < 2; i++)
      expect(await gatherPort("127.0.0.1", port)).toEqual({ host: "127.0.0.1", port });
  });

  test.runIf(process.platform === "linux")(
    "that a program has is told with the program",
    async () => {
      // It hangs up, so that nobody waits for its answer.
      const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      expect(await gatherPort("127.0.0.1", port)).toMatchObject({
        refused: "EADDRINUSE",
        holder: expect.stringContaining(`(process ${process.pid})`),
      });
      server.close();
    },
  );

  test("that a server of Kindred has is told as that", async () => {
    await using server = await start(kindred, ["serve", "--port", "0", "--no-state"]);
    const port = Number(new URL(server.url).port);
    expect(await gatherPort("127.0.0.1", port)).toMatchObject({ holder: "kindred" });
  });

  test("is found among the sockets that listen", () => {
    const table = [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
      "   0: 0100007F:270D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0",
      "   1: 0100007F:270D 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0",
      "   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0",
    ].join("\n");
    expect(listening(table, 9997)).toEqual(["socket:[4711]"]);
  });
});

test("instructions are read as x86 and as ARM have them", () => {
  expect(instructionsIn("model name\t: X\nflags\t\t: fpu avx2\n")).toEqual(
    new Set(["fpu", "avx2"]),
  );
  expect(instructionsIn("Features\t: fp asimddp\n")).toEqual(new Set(["fp", "asimddp"]));
  expect(instructionsIn("")).toBeUndefined();
});

describe("kindred doctor", () => {
  const isolated = () => ({ HOME: folder, HF_HUB_OFFLINE: "", HF_TOKEN: "hf_secret" });

  test("finds this machine able, as text and as JSON, and shows no token", async () => {
    const text = await command(["doctor", "--port", "0"], undefined, isolated());
    expect(text.stdout).toMatch(/^ok +onnxruntime-node +onnxruntime-node \d\S+ loads\.$/m);
    expect(text.stdout).toMatch(/^ok +telemetry +/m);
    expect(text.stdout).toMatch(/^0 problems, \d warnings?$/m);
    const json = await command(["doctor", "--port", "0", "--json"], undefined, isolated());
    const findings: readonly { readonly subject: string; readonly state: string }[] = JSON.parse(
      json.stdout,
    );
    expect(findings.length).toBeGreaterThan(10);
    expect(findings.filter(({ state }) => state === "problem")).toEqual([]);
    expect([text.status, json.status]).toEqual([0, 0]);
    expect(text.stdout + json.stdout).toContain("A token is set.");
    expect(text.stdout + json.stdout).not.toContain("hf_secret");
  });

  test("ends with status 1 where there is a problem", async () => {
    const env = { ...isolated(), HF_ENDPOINT: "nowhere" };
    const { status, stdout, stderr } = await command(["doctor", "--port", "0"], undefined, env);
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(/^problem +hub +HF_ENDPOINT must be an address/m);
    expect(stdout).toMatch(/^1 problem,/m);
  });

  test("has a status of its own for a wrong command line", async () => {
    const { status, stderr } = await command(["doctor", "--port", "x"]);
    expect(status).toBe(2);
    expect(stderr).toContain("--port must be a number from 0 to 65535");
  });
});
