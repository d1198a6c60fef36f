import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { isAlive } from "../../../test/load/process-tree.ts";

const bin = fileURLToPath(new URL("../bin/kindred.js", import.meta.url));

/** A shell that runs `kindred serve` as npm does, and prints its process id. */
async function shell(env: NodeJS.ProcessEnv) {
  const script = `"${process.execPath}" "${bin}" serve --port 0 >&2 & echo $!; wait`;
  const { npm_command: _, ...own } = process.env;
  const started = spawn("sh", ["-c", script], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...own, ...env },
  });
  const [id] = await once(started.stdout!, "data");
  let said = "";
  started.stderr!.on("data", (text) => (said += text));
  await vi.waitUntil(() => said.includes("listening on"), { timeout: 60_000 });
  return { shell: started, server: Number(String(id)) };
}

test("a server that npx started ends when its shell does", async () => {
  const { shell: npx, server } = await shell({ npm_command: "exec" });
  npx.kill("SIGTERM");
  await vi.waitFor(() => expect(isAlive(server)).toBe(false), { timeout: 20_000, interval: 100 });
});

test("a server that no npm started outlives its shell", async () => {
  const { shell: own, server } = await shell({});
  own.kill("SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(isAlive(server)).toBe(true);
  process.kill(server, "SIGTERM");
  await vi.waitFor(() => expect(isAlive(server)).toBe(false), { timeout: 20_000, interval: 100 });
});
