import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { kindred } from "../../../test/started.ts";

type Stdio = "pipe" | number;

/** Starts `kindred serve`, and reads its standard output until it listens. */
async function begin(stderr: Stdio = "pipe"): Promise<{ child: ChildProcess; url: string }> {
  const args = [fileURLToPath(kindred), "serve", "--port", "0"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", stderr] });
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.on("data", (chunk) => {
      output += chunk;
      const [, found] = /listening on (http:\S+)\n/.exec(output) ?? [];
      if (found) resolve(found);
    });
    child.once("close", (code) => reject(new Error(`It ended with ${code}.`)));
  });
  return { child, url };
}

/** Asks for a hundred replies, each of which has its line in the log, then ends the server. Returns its exit status. */
async function goesOn({ child, url }: { child: ChildProcess; url: string }): Promise<unknown> {
  for (let i = 0; i < 100; i++) {
    const reply = await fetch(`${url}/v1/models`, { headers: { "x-request-id": `r${i}` } });
    expect(reply.status).toBe(200);
    await reply.arrayBuffer();
  }
  child.kill("SIGTERM");
  const [status] = await once(child, "exit");
  return status;
}

test.each([
  ["standard output", ["stdout"]],
  ["standard error", ["stderr"]],
  ["both", ["stdout", "stderr"]],
] as const)("a server outlives the reader of %s", async (_, streams) => {
  const started = await begin();
  for (const stream of streams) (started.child[stream] as Readable).destroy();
  expect(await goesOn(started)).toBe(0);
});

test("a server whose reader stalls ends when it is told", async () => {
  const started = await begin();
  const { child, url } = started;
  // What `spawn` makes of "pipe" is a socket, whose buffer the server fills.
  for (const stream of [child.stdout!, child.stderr!]) stream.pause();
  const path = `/v1/models/${"z".repeat(1_500)}`;
  for (let i = 0; i < 20; i++)
    await Promise.all(
      Array.from({ length: 50 }, async () => (await fetch(`${url}${path}`)).arrayBuffer()),
    );
  child.kill("SIGTERM");
  const [status] = await once(child, "exit");
  expect(status).toBe(0);
});

test.skipIf(!existsSync("/dev/full"))("a server outlives a log on a full disk", async () => {
  const full = await open("/dev/full", "w");
  const started = await begin(full.fd);
  expect(await goesOn(started)).toBe(0);
  await full.close();
});

test.skipIf(!existsSync("/dev/full"))("output that a full disk refuses is an error", async () => {
  const full = await open("/dev/full", "w");
  const child = spawn(process.execPath, [fileURLToPath(kindred), "--help"], {
    stdio: ["ignore", full.fd, "pipe"],
  });
  let told = "";
  child.stderr!.on("data", (chunk) => (told += chunk));
  const [status] = await once(child, "close");
  await full.close();
  expect([status, told]).toEqual([1, expect.stringMatching(/^kindred: ENOSPC: .*\.\n$/)]);
});
